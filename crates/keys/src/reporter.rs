use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};

/// What stands before the point in the DER form of a public key on P-256: its
/// algorithm, its curve, and that 65 bytes follow.
const BEFORE_POINT: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// The public key of somebody who reports leaked keys: ECDSA on P-256 with SHA-256.
#[derive(Clone, PartialEq, Eq)]
pub struct ReporterKey([u8; 65]);

impl ReporterKey {
    /// Reads a key in PEM, its point uncompressed.
    pub fn from_pem(pem: &str) -> Result<Self, NotAReporterKey> {
        let encoded = pem.trim().strip_prefix("-----BEGIN PUBLIC KEY-----");
        let encoded = encoded.and_then(|rest| rest.strip_suffix("-----END PUBLIC KEY-----"));
        let encoded: String = encoded.ok_or(NotAReporterKey)?.split_ascii_whitespace().collect();
        let der = BASE64.decode(encoded).map_err(|_| NotAReporterKey)?;
        let point = der.strip_prefix(&BEFORE_POINT).and_then(|point| <[u8; 65]>::try_from(point).ok());
        point.filter(|point| point[0] == 4).map(Self).ok_or(NotAReporterKey)
    }

    /// Whether this key signed these bytes: `signature` is DER in Base64.
    pub fn has_signed(&self, bytes: &[u8], signature: &str) -> bool {
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &self.0);
        BASE64.decode(signature).is_ok_and(|signature| key.verify(bytes, &signature).is_ok())
    }
}

impl fmt::Debug for ReporterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReporterKey({})", BASE64.encode(self.0))
    }
}

/// The text is no public key on P-256 in PEM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAReporterKey;

impl fmt::Display for NotAReporterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("This is no public key on P-256 in PEM.")
    }
}

impl std::error::Error for NotAReporterKey {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with another program: `openssl ecparam -genkey`, `openssl dgst -sha256 -sign`.
    const KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE47Oas1nXVvJ/zzliyB5LAUiUlHmG\n\
        MBDZIT+FgkJUzO5XePyEcUZr8sG7ztHD9rKDqxXqxQ6UVozC8J9GY/P4ig==\n\
        -----END PUBLIC KEY-----";
    const SIGNED: &[u8] = br#"[{"token":"x","type":"y","url":"z"}]"#;
    const SIGNATURE: &str =
        "MEYCIQDvzJmz0XNiCTI2VRX+EDkwEZmnZG1qixURoHf5Wd4lKwIhAO8QEri3EioD92KkrBNYCqWCZ6PyEp3IJVEVThW7iMAo";

    #[test]
    fn what_another_program_signed_is_verified() {
        let key = ReporterKey::from_pem(KEY).unwrap();
        assert!(key.has_signed(SIGNED, SIGNATURE));
        let mut other = SIGNED.to_vec();
        other.push(b' ');
        assert!(!key.has_signed(&other, SIGNATURE) && !key.has_signed(b"", SIGNATURE));
        let altered = SIGNATURE.replacen("ME", "MF", 1);
        for wrong in ["", "=", "AAAA", "not base64", &altered, &SIGNATURE[..60], &format!("{SIGNATURE}AAAA")]
        {
            assert!(!key.has_signed(SIGNED, wrong), "{wrong}");
        }
    }

    #[test]
    fn a_key_of_another_kind_is_refused() {
        let body = KEY.lines().collect::<Vec<_>>()[1..3].concat();
        let with = |body: &str| {
            ReporterKey::from_pem(&format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----"))
        };
        assert_eq!(with(&body), ReporterKey::from_pem(KEY));
        // Another point, off the curve, is a key that has signed nothing.
        let off = BASE64.encode([&BEFORE_POINT[..], &[4], &[7; 64]].concat());
        assert!(!with(&off).unwrap().has_signed(SIGNED, SIGNATURE));
        let compressed = BASE64.encode([&BEFORE_POINT[..], &[2], &[7; 64]].concat());
        let long = BASE64.encode([&BEFORE_POINT[..], &[4], &[7; 65]].concat());
        // Ed25519.
        let other = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
        for wrong in ["", "!", "AAAA", &compressed, &long, other] {
            assert_eq!(with(wrong), Err(NotAReporterKey), "{wrong}");
        }
        assert_eq!(ReporterKey::from_pem(&body), Err(NotAReporterKey));
    }
}
