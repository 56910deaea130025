use base::{Error, Id, Random, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use database::Tx;
use hmac::{Hmac, KeyInit, Mac};
use records::webhooks::{SecretsRow, Webhook};
use sha2::Sha256;
use zeroize::Zeroizing;

const PREFIX: &str = "whsec_";

/// What signs the messages to a webhook: 32 bytes, shown once as `whsec_…`.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// A new one.
    pub fn draw(random: &mut Random) -> Self {
        Self(Zeroizing::new(random.bytes::<32>().to_vec()))
    }

    /// The text in which it is shown.
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}", STANDARD.encode(&*self.0)))
    }

    /// The signature of a message as Standard Webhooks has it, in the form of
    /// the header `webhook-signature`.
    pub fn sign(&self, id: &str, seconds: i64, body: &str) -> Result<String> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0);
        let mut mac = mac.map_err(|error| Error::internal("HMAC-SHA-256", error))?;
        mac.update(format!("{id}.{seconds}.{body}").as_bytes());
        Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }

    /// As it is stored.
    pub(super) fn seal(&self, tx: &mut Tx<'_>, webhook: Id<Webhook>) -> Result<Vec<u8>> {
        let about = about(tx, webhook)?;
        tx.seal(&about, &self.0)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The secrets that sign now: the webhook's, and the one before while both do.
pub(super) fn signing(
    tx: &mut Tx<'_>,
    webhook: Id<Webhook>,
    stored: &SecretsRow,
    with_old: bool,
) -> Result<Vec<Secret>> {
    let about = about(tx, webhook)?;
    let old = stored.old_secret.as_ref().filter(|_| with_old);
    std::iter::once(&stored.secret).chain(old).map(|sealed| tx.unseal(&about, sealed).map(Secret)).collect()
}

fn about(tx: &Tx<'_>, webhook: Id<Webhook>) -> Result<String> {
    Ok(format!("webhook:{}:{webhook}", tx.organization()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_is_signed_as_it_says() {
        let secret = Secret(Zeroizing::new(STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()));
        assert_eq!(*secret.expose(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
