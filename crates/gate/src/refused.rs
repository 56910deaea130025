use base::Error;
use keys::Refusal;

use crate::Denied;

impl From<Denied> for Error {
    /// The failure a refusal is answered with. Only whoever has shown the
    /// secret of a key, or a token of ours, is told more than that it is not valid.
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Behind => Self::unavailable(
                "This node has lost touch with the database and cannot tell which keys are good.",
            ),
            Denied::Unknown | Denied::WrongName => {
                Self::Unauthenticated("The credential is not valid.".into())
            }
            Denied::Masked => Self::Unauthenticated(
                "This is the masked form of an API key; the key itself was shown when it was created.".into(),
            ),
            Denied::TokenExpired => Self::Unauthenticated("The bearer token has expired.".into()),
            Denied::TokenEnded => Self::Unauthenticated(
                "The bearer token has ended: it was revoked, or its key was changed or deleted.".into(),
            ),
            Denied::Refused(refusal @ (Refusal::Suspended | Refusal::NotStarted | Refusal::Expired)) => {
                Self::Unauthenticated(refusal.to_string())
            }
            Denied::Refused(refusal) => Self::Forbidden(refusal.to_string()),
            Denied::WrongAudience => Self::Unauthenticated("The bearer token is for another service.".into()),
            Denied::NoJwt => Self::invalid("format", "cannot be jwt for a key that is limited to projects"),
            Denied::BeyondScope => Self::invalid("scope", "is beyond what the key may do"),
            Denied::OverLimit(over) => Self::TooMany {
                message: format!(
                    "The key may make {} requests in {} seconds, and has.",
                    over.limit.requests, over.limit.seconds
                ),
                retry_after: over.retry_after,
            },
        }
    }
}
