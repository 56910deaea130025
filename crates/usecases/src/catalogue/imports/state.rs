use base::Result;
use database::Tx;
use records::catalogue::imports::{self, ImportRow};

use super::{carry::as_caller, manage::told};
use crate::audit;

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its file is still coming.
    Receiving,
    /// Its rows are being read and checked; nothing is changed yet.
    Reading,
    /// It was read, and was only to be looked at.
    Checked,
    /// Rows of it are wrong, so nothing of it was applied.
    Refused,
    /// Its rows are being applied.
    Applying,
    /// All of it is applied.
    Done,
    /// What was applied is being taken back.
    RollingBack,
    /// It was cancelled: nothing of it is left.
    Cancelled,
    /// It could not be applied: nothing of it is left.
    Failed,
    /// It is being undone.
    Undoing,
    /// It was undone: nothing of it is left.
    Undone,
    /// It was to be taken back, and some rows of it could not be: they are left.
    PartlyUndone,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 12] = [
        Self::Receiving,
        Self::Reading,
        Self::Checked,
        Self::Refused,
        Self::Applying,
        Self::Done,
        Self::RollingBack,
        Self::Cancelled,
        Self::Failed,
        Self::Undoing,
        Self::Undone,
        Self::PartlyUndone,
    ];

    /// The word that is stored and answered.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Reading => "reading",
            Self::Checked => "checked",
            Self::Refused => "refused",
            Self::Applying => "applying",
            Self::Done => "done",
            Self::RollingBack => "rollingBack",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
            Self::PartlyUndone => "partlyUndone",
        }
    }

    /// Where this import stands.
    pub fn of(import: &ImportRow) -> Self {
        // What another version stored is not gone on with.
        Self::ALL.into_iter().find(|state| state.word() == import.state).unwrap_or(Self::Failed)
    }

    /// Whether something is still to be done.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Receiving | Self::Reading | Self::Applying | Self::RollingBack | Self::Undoing)
    }
}

/// Stores where an import stands now.
pub(super) fn store(tx: &mut Tx<'_>, import: &mut ImportRow, state: State) -> Result<()> {
    state.word().clone_into(&mut import.state);
    import.stamp = import.stamp.changed(tx.now(), import.stamp.last_modified_by.clone());
    imports::update(tx, import)
}

/// Stores that an import has come to this end, and notes it.
pub(super) fn end(tx: &mut Tx<'_>, import: &mut ImportRow, state: State) -> Result<()> {
    store(tx, import, state)?;
    let caller = as_caller(tx.organization()?, import);
    audit::note(tx, &caller, state.word(), import.id, None, Some(&told(import)))
}
