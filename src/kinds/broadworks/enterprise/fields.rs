//! The fields of an enterprise that a request changes.

use crate::config::model::Enterprise as Entry;
use crate::finding::BROADWORKS_DIRECTORY_SYNC_DELETION;
use crate::kinds::Loss;
use crate::kinds::field::{Adopt, InEssence, Row as Of};
use crate::snapshot::broadworks::Enterprise as Seen;

pub type Row = Of<Entry, Seen>;

/// Directory synchronisation.
pub const SYNC: &str = "enableDirSync";

/// Why a change of the synchronisation is not taken into the files by itself.
const DECIDED: &str = "whether people are synchronised is decided in the files";

/// The fields.
pub const FIELDS: [Row; 1] = [Row::switch(SYNC, |seen| seen.enable_dir_sync)
    .losing(Loss::always(BROADWORKS_DIRECTORY_SYNC_DELETION))
    .essence(InEssence::Observed)
    .adopted(Adopt::ByHand(DECIDED))];
