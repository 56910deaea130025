//! How an organization works: one document, stored as JSON with its version.

use std::collections::BTreeMap;

use base::{Error, Patch, Result, normalized};
use serde::{Deserialize, Serialize};

/// The form that is stored now.
const VERSION: u32 = 1;

/// What has numbers of its own that the organization counts.
pub const NUMBERED: &[(&str, &str)] =
    &[("hoseAssembly", "HA-"), ("hoseKit", "HK-"), ("salesEstimate", "SE-"), ("workOrder", "WO-")];

/// How the numbers of one kind of document are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Numbering {
    /// What stands before the number.
    pub prefix: String,
    /// How many digits the number has at least.
    pub digits: u8,
    /// The next number.
    pub next: u32,
}

impl Numbering {
    /// The next number, written out.
    pub fn written(&self) -> String {
        format!("{}{:0width$}", self.prefix, self.next, width = usize::from(self.digits))
    }
}

macro_rules! settings {
    ($($(#[$meta:meta])* $field:ident: $type:ty = $usual:expr;)*) => {
        /// How an organization works.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        pub struct Settings { version: u32, $($(#[$meta])* pub $field: $type,)* }

        impl Default for Settings {
            fn default() -> Self {
                Self { version: VERSION, $($field: $usual,)* }
            }
        }

        /// A change of [`Settings`], checked: absent leaves, null returns to what is usual.
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct SettingsChange { $($(#[$meta])* pub $field: Patch<$type>,)* }

        impl SettingsChange {
            fn onto(self, mut settings: Settings) -> Settings {
                $(match self.$field {
                    Patch::Leave => {}
                    Patch::Clear => settings.$field = $usual,
                    Patch::Set(value) => settings.$field = value,
                })*
                settings
            }
        }
    };
}

settings! {
    /// The first line of the address.
    address1: Option<String> = None;
    /// The second line of the address.
    address2: Option<String> = None;
    /// The city.
    city: Option<String> = None;
    /// The region, state or province.
    region: Option<String> = None;
    /// The postal code.
    postal_code: Option<String> = None;
    /// The country.
    country: Option<String> = None;
    /// The telephone number.
    phone_number: Option<String> = None;
    /// The address for mail from others.
    email: Option<String> = None;
    /// The web site.
    website: Option<String> = None;
    /// The name of the image that is the logo.
    logo_image_name: Option<String> = None;
    /// The language, as in `en` or `pt-BR`.
    language: String = "en".into();
    /// `.` or `,`.
    decimal_sign: String = ".".into();
    /// A name of the IANA time zone database.
    time_zone: String = "UTC".into();
    /// `A4` or `Letter`.
    paper_size: String = "A4".into();
    /// The unit of lengths.
    default_length_unit: String = "mm".into();
    /// The unit of pressures.
    default_pressure_unit: String = "bar".into();
    /// The unit of weights.
    default_weight_unit: String = "kg".into();
    /// The unit of temperatures.
    default_temperature_unit: String = "C".into();
    /// The code of the currency in which prices are kept.
    default_currency: String = "USD".into();
    /// What the organization calls its ERP system.
    erp_name: Option<String> = None;
    /// Whether what is not finished yet is shown.
    use_beta_features: bool = false;
    /// Whether an administrator may read keys back that are made from then on.
    allow_reading_keys_back: bool = false;
    /// Whether a part that somebody adds who does not run the organization waits for approval.
    new_parts_need_approval: bool = false;
    /// What stands between a part number and its revision.
    revision_delimiter: String = "-".into();
    /// How numbers are made, by the kind of document; what is not named is as usual.
    numbering: BTreeMap<String, Numbering> = BTreeMap::new();
}

impl Settings {
    /// The settings that are stored as `json`; the usual ones where nothing is.
    pub(super) fn read(json: Option<&str>) -> Result<Self> {
        let Some(json) = json else { return Ok(Self::default()) };
        serde_json::from_str(json).map_err(|error| Error::internal("stored settings", error))
    }

    pub(super) fn written(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::internal("settings", error))
    }

    /// Whether the picture of this name is the logo.
    pub(crate) fn has_logo(&self, picture: &str) -> bool {
        self.logo_image_name.as_deref().is_some_and(|logo| normalized(logo) == normalized(picture))
    }

    /// How the numbers of this kind of document are made; `None` if it has none.
    pub fn numbering_of(&self, kind: &str) -> Option<Numbering> {
        let (kind, prefix) = NUMBERED.iter().find(|(known, _)| known.eq_ignore_ascii_case(kind))?;
        let usual = || Numbering { prefix: (*prefix).to_owned(), digits: 6, next: 1 };
        Some(self.numbering.get(*kind).cloned().unwrap_or_else(usual))
    }
}

impl SettingsChange {
    /// What the settings become. A kind of number that is not named stays.
    pub(super) fn applied_to(mut self, settings: Settings) -> Settings {
        if let Patch::Set(given) = self.numbering {
            let mut all = settings.numbering.clone();
            all.extend(given);
            self.numbering = Patch::Set(all);
        }
        self.onto(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What version 1 looks like in the database: it must be readable for ever.
    const STORED: &str = include_str!("settings-1.json");

    #[test]
    fn the_stored_form_is_the_golden_one() {
        let mut settings = Settings { city: Some("Oslo".into()), ..Settings::default() };
        let numbering = Numbering { prefix: "A".into(), digits: 4, next: 7 };
        settings.numbering.insert("hoseAssembly".into(), numbering);
        let golden: serde_json::Value = serde_json::from_str(STORED).unwrap();
        assert_eq!(serde_json::to_value(&settings).unwrap(), golden, "{:#}", serde_json::json!(settings));
        assert_eq!(Settings::read(Some(STORED)).unwrap(), settings);
    }

    #[test]
    fn numbers_are_written_with_their_digits() {
        let settings = Settings::read(Some(STORED)).unwrap();
        assert_eq!(settings.numbering_of("HOSEASSEMBLY").unwrap().written(), "A0007");
        assert_eq!(settings.numbering_of("workOrder").unwrap().written(), "WO-000001");
        assert_eq!(settings.numbering_of("key"), None);
    }
}
