//! The fields of a Webex Go device: only whether it is there can be changed by a request.

use crate::config::model::UserWebexGo;
use crate::kinds::field::Row as Of;
use crate::snapshot::Device;

type Row = Of<UserWebexGo, Device>;

/// The fields.
pub const FIELDS: [Row; 1] = [Row::existence()];
