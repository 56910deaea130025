use std::time::Duration;

use base::Stopwatch;
use proptest::prelude::*;

use super::*;

fn environments() -> impl Strategy<Value = Environment> {
    "[a-z0-9]{1,12}".prop_map(|word| word.parse().unwrap())
}

fn keys() -> impl Strategy<Value = KeyText> {
    (environments(), any::<[u8; 12]>(), any::<[u8; 32]>()).prop_map(|(environment, id, secret)| KeyText {
        environment,
        id: Id::from_bytes(id),
        secret,
    })
}

fn refusal(text: &str) -> Option<NotAKey> {
    KeyText::parse(text).err()
}

fn example() -> String {
    let id = Id::from_bytes(*b"twelve bytes");
    KeyText::mint("live".parse().unwrap(), id, &mut Random::seeded(1)).expose().to_string()
}

/// Every text that differs from `text` in one place: one character replaced,
/// removed, added, or two neighbours exchanged.
fn slips(text: &str) -> impl Iterator<Item = String> {
    const TYPED: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-+ ./…";
    let swapped = |at: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes.swap(at, at + 1);
        String::from_utf8(bytes).unwrap()
    };
    let replaced = (0..text.len())
        .flat_map(move |at| TYPED.chars().map(move |c| format!("{}{c}{}", &text[..at], &text[at + 1..])));
    let removed = (0..text.len()).map(move |at| format!("{}{}", &text[..at], &text[at + 1..]));
    let added = (0..=text.len())
        .flat_map(move |at| TYPED.chars().map(move |c| format!("{}{c}{}", &text[..at], &text[at..])));
    let exchanged = (0..text.len() - 1).map(swapped);
    replaced.chain(removed).chain(added).chain(exchanged).filter(move |slip| slip != text)
}

proptest! {
    #[test]
    fn text_and_back(key in keys()) {
        let text = key.expose();
        let read = KeyText::parse(&text).unwrap();
        prop_assert_eq!((read.environment, read.id, read.secret), (key.environment, key.id, key.secret));
        prop_assert_eq!(read.expose(), text);
    }

    #[test]
    fn nothing_secret_is_shown(key in keys()) {
        let text = key.expose();
        let secret = &text[text.len() - SECRET_WIDTH - CRC_WIDTH..];
        for shown in [key.masked(), format!("{key:?}")] {
            prop_assert_eq!(format!("{}…", text.strip_suffix(secret).unwrap()), shown);
        }
        prop_assert_eq!(refusal(&key.masked()), Some(NotAKey::Masked));
    }

    #[test]
    fn any_text_is_read_without_panic(text in ".{0,120}", tail in "[0-9A-Za-z_…é]{0,90}") {
        let _ = KeyText::parse(&text);
        let ours = format!("swg_{tail}");
        prop_assert!(KeyText::parse(&ours).is_err());
    }

    #[test]
    fn a_change_of_letter_case_is_refused(key in keys(), at in 0usize..84) {
        let text = key.expose();
        let flipped: String = text.chars().enumerate().map(|(n, c)| match c {
            c if n != at => c,
            c if c.is_ascii_lowercase() => c.to_ascii_uppercase(),
            c => c.to_ascii_lowercase(),
        }).collect();
        prop_assert!(flipped == *text || KeyText::parse(&flipped).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// CRC-32 finds every error within 32 successive bits, so every exchange of
    /// one character or of two neighbours before the checksum; the rest is
    /// refused by the widths or, but for one in 2³², by the checksum.
    #[test]
    fn every_slip_of_the_hand_is_refused(key in keys()) {
        let text = key.expose();
        for slip in slips(&text) {
            prop_assert!(KeyText::parse(&slip).is_err(), "{} for {}", slip, *text);
        }
    }
}

#[test]
fn each_refusal() {
    let key = example();
    assert_eq!(key.len(), 4 + 4 + 1 + 17 + 1 + 43 + 6);
    assert_eq!(refusal(&key), None);
    assert_eq!(refusal(""), Some(NotAKey::Foreign));
    assert_eq!(refusal("sk_live_4eC39HqLyjWDarjtT1zdp7dc"), Some(NotAKey::Foreign));
    assert_eq!(refusal(&key.replace("swg_", "SWG_")), Some(NotAKey::Foreign));
    assert_eq!(refusal(&format!(" {key}")), Some(NotAKey::Foreign));
    assert_eq!(refusal("swg_"), Some(NotAKey::Malformed));
    assert_eq!(refusal(&key.replace("swg_live", "swg_Live")), Some(NotAKey::Malformed));
    assert_eq!(refusal(&key.replace("swg_live", "swg_")), Some(NotAKey::Malformed));
    assert_eq!(refusal(&key.replace("live", "thirteenchars")), Some(NotAKey::Malformed));
    assert_eq!(refusal(&format!("{key}\n")), Some(NotAKey::Malformed));
    assert_eq!(refusal(&key.replace("live", "test")), Some(NotAKey::Checksum));
    assert_eq!(refusal("swg_live_0123…wxyz"), Some(NotAKey::Masked));
}

/// Numbers too large for their bytes would be second texts of smaller ones.
#[test]
fn digits_beyond_the_bytes_are_refused() {
    let with_checksum = |id: &str, secret: &str| {
        let mut text = format!("swg_live_{id}_{secret}");
        let crc = checksum(text.as_bytes());
        base62::encode([crc], CRC_WIDTH, &mut text);
        text
    };
    let (id, secret) = ("0".repeat(17), "0".repeat(43));
    assert_eq!(refusal(&with_checksum(&id, &secret)), None);
    assert_eq!(refusal(&with_checksum(&"z".repeat(17), &secret)), Some(NotAKey::Malformed));
    assert_eq!(refusal(&with_checksum(&id, &"z".repeat(43))), Some(NotAKey::Malformed));
    let largest =
        KeyText { environment: "live".parse().unwrap(), id: Id::from_bytes([255; 12]), secret: [255; 32] };
    assert_eq!(refusal(&largest.expose()), None);
}

/// Twenty thousand refusals of a megabyte must not read twenty gigabytes.
#[test]
fn long_garbage_is_refused_at_once() {
    let megabyte = "…".repeat(350_000);
    let ours = format!("swg_live_{megabyte}");
    let watch = Stopwatch::start();
    for _ in 0..10_000 {
        assert_eq!(refusal(&megabyte), Some(NotAKey::Foreign));
        assert_eq!(refusal(&ours), Some(NotAKey::Malformed));
    }
    assert!(watch.elapsed() < Duration::from_secs(1), "{:?}", watch.elapsed());
}

#[test]
fn environments_are_short_words() {
    for good in ["live", "test", "a", "0123456789ab"] {
        assert_eq!(good.parse::<Environment>().unwrap().to_string(), good);
    }
    for bad in ["", "Live", "li_ve", "é", "0123456789abc", " live"] {
        assert_eq!(bad.parse::<Environment>(), Err(NotAnEnvironment), "{bad}");
    }
}
