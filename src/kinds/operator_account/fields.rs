//! The fields of an operator account: a person enters them in Control Hub, and no request sends or tells them.

use crate::config::model::OperatorAccount;
use crate::finding::OPERATOR_ACCOUNT_IMMUTABLE;
use crate::kinds::Loss;
use crate::kinds::field::Row as Of;

type Row = Of<OperatorAccount, ()>;

/// The fields.
pub const FIELDS: [Row; 1] = [Row::seen("accountId", |()| None)
    .losing(Loss::sometimes(OPERATOR_ACCOUNT_IMMUTABLE))
    .never_sent()];
