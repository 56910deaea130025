use proptest::prelude::*;

use super::*;
use crate::Resource;

fn read(text: &str) -> Result<String, NotScopes> {
    text.parse().map(|scopes: Scopes| scopes.to_string())
}

#[test]
fn one_form_comes_back() {
    for (text, canonical) in [
        ("read,write", "read,write"),
        ("write, read", "read,write"),
        ("READ,read , Read", "read"),
        ("write", "write"),
        ("hose:write,HOSEASSEMBLY:READ,hose:read", "hose:read,hose:write,hoseAssembly:read"),
        ("hose:read,write,item:write", "write,hose:read"),
        ("read,hose:read", "read"),
        ("read,,", "read"),
    ] {
        assert_eq!(read(text), Ok(canonical.to_owned()), "{text}");
    }
}

#[test]
fn what_is_refused() {
    for text in ["", " ", ",", " , ,"] {
        assert_eq!(read(text), Err(NotScopes::Empty), "{text:?}");
    }
    for word in
        ["reads", "hose", "hose:*", "*", "admin", "read write", "read;write", "\u{feff}read", "hose:read\0"]
    {
        assert_eq!(read(&format!("read, {word}")), Err(NotScopes::Unknown(word.to_owned())), "{word:?}");
    }
    let long = read(&"x".repeat(65_536)).unwrap_err();
    assert_eq!(long, NotScopes::Unknown("x".repeat(40)));
    assert!(long.to_string().contains("unknown scope \"xxx"));
}

#[test]
fn writing_is_not_reading() {
    let write: Scopes = "write".parse().unwrap();
    assert!(write.permissions().contains(Permission::write(Resource::Hose)));
    assert!(!write.permissions().contains(Permission::read(Resource::Hose)));
    let both: Scopes = "read,write".parse().unwrap();
    assert_eq!(both.permissions(), Permissions::all());
}

#[test]
fn every_published_word_is_read() {
    let words: Vec<_> = Scopes::catalogue().map(|(word, _)| word).collect();
    assert_eq!(words.len(), 2 + Resource::ALL.len() * 2);
    for word in &words {
        assert_eq!(read(word).as_ref(), Ok(word));
    }
    let described = Scopes::catalogue().find(|(word, _)| word == "cost:read").unwrap();
    assert_eq!(described.1, "See costs and margins");
}

fn lists() -> impl Strategy<Value = String> {
    let words: Vec<String> = Scopes::catalogue().map(|(word, _)| word).collect();
    let word = (prop::sample::select(words), any::<bool>(), " {0,2}").prop_map(|(word, upper, space)| {
        format!("{space}{}{space}", if upper { word.to_uppercase() } else { word })
    });
    prop::collection::vec(word, 1..10).prop_map(|words| words.join(","))
}

proptest! {
    #[test]
    fn order_and_repetition_do_not_matter(list in lists()) {
        let scopes: Scopes = list.parse().unwrap();
        let canonical = scopes.to_string();
        prop_assert_eq!(read(&canonical), Ok(canonical.clone()));
        let backwards = list.split(',').rev().collect::<Vec<_>>().join(",");
        prop_assert_eq!(read(&format!("{backwards},{list}")), Ok(canonical));
        let single = list.split(',').map(|word| word.parse::<Scopes>().unwrap().permissions());
        prop_assert_eq!(scopes.permissions(), single.fold(Permissions::NONE, |all, one| all | one));
    }

    #[test]
    fn any_text_is_read_without_panic(text in ".{0,80}") {
        crate::replay::scopes(text.as_bytes());
    }
}
