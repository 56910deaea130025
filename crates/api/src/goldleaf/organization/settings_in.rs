use std::collections::BTreeMap;

use base::{EmailAddress, Line, Patch, PressureUnit, Result, Unit};
use serde::Deserialize;
use usecases::organizations::{NUMBERED, Numbering, ProfileChange, SettingsChange, is_origin};
use utoipa::ToSchema;

use super::settings::NumberingBody;
use crate::door::{Check, Country, Flag, Input};

/// A change of the organization. What is absent stays; null returns to what is usual.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "name": "Demo Hose & Fittings", "city": "Oslo", "country": { "countryName": "Norway" }, "language": "nb",
    "decimalSign": ",", "timeZone": "Europe/Oslo", "paperSize": "A4", "defaultLengthUnit": "mm",
    "defaultPressureUnit": "bar", "defaultCurrency": "NOK", "revisionDelimiter": "-",
    "numbering": { "workOrder": { "prefix": "WO-", "digits": 6, "next": 1200 } },
}))]
pub(super) struct OrganizationUpdateIn {
    /// Its name; 1 to 100 characters. Null leaves it.
    #[schema(max_length = 100)]
    name: Option<String>,
    /// The first line of the address.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    address1: Patch<String>,
    /// The second line of the address.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    address2: Patch<String>,
    /// The city.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    city: Patch<String>,
    /// The region, state or province.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    region: Patch<String>,
    /// The postal code.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    postal_code: Patch<String>,
    /// The country, as a name or as `{"countryName": …}`.
    #[serde(default)]
    #[schema(value_type = Option<Country>)]
    country: Patch<Country>,
    /// The telephone number.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    phone_number: Patch<String>,
    /// The address for mail from others.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    email: Patch<String>,
    /// The web site.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    website: Patch<String>,
    /// The name of the image that is the logo.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    logo_image_name: Patch<String>,
    /// The language, as in `en` or `pt-BR`; usually `en`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    language: Patch<String>,
    /// `.` (usual) or `,`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    decimal_sign: Patch<String>,
    /// A name of the IANA time zone database, as in `Europe/Oslo`; usually `UTC`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    time_zone: Patch<String>,
    /// `A4` (usual) or `Letter`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    paper_size: Patch<String>,
    /// `mm` (usual), `cm`, `m`, `in` or `ft`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    default_length_unit: Patch<String>,
    /// `bar` (usual), `MPa`, `kPa` or `psi`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    default_pressure_unit: Patch<String>,
    /// `kg` (usual), `g` or `lb`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    default_weight_unit: Patch<String>,
    /// `C` (usual) or `F`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    default_temperature_unit: Patch<String>,
    /// The code of the currency in which prices are kept; usually `USD`. Its rate becomes 1.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    default_currency: Patch<String>,
    /// What the organization calls its ERP system.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    erp_name: Patch<String>,
    /// Whether what is not finished yet is shown; usually not.
    #[serde(default)]
    #[schema(value_type = Option<Flag>)]
    use_beta_features: Patch<Flag>,
    /// Whether an administrator may read back keys that are made from then on; usually not.
    /// Needs `apiKey:write` too, and the operator's permission.
    #[serde(default)]
    #[schema(value_type = Option<Flag>)]
    allow_reading_keys_back: Patch<Flag>,
    /// Whether a part that somebody adds who does not run the organization waits for approval; usually not.
    #[serde(default)]
    #[schema(value_type = Option<Flag>)]
    new_parts_need_approval: Patch<Flag>,
    /// What stands between a part number and its revision, 1 to 3 characters; usually `-`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    revision_delimiter: Patch<String>,
    /// How numbers are made, by kind: `hoseAssembly`, `hoseKit`, `salesEstimate`, `workOrder`.
    /// A kind that is not named stays.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, NumberingBody>>)]
    numbering: Patch<BTreeMap<String, NumberingBody>>,
    /// The web pages that may call with this organization's credentials, such as
    /// `https://shop.example`, at most 100. Null or `[]` is as the server says.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    allowed_origins: Patch<Vec<String>>,
    /// The revision that was read; another one by now is answered with 409.
    rev: Option<i64>,
}

impl Input for OrganizationUpdateIn {}

impl OrganizationUpdateIn {
    /// `rev` is the revision the request's header names, which must not differ from the body's.
    pub(super) fn checked(self, rev: Option<i64>) -> Result<ProfileChange> {
        let mut check = Check::default();
        let c = &mut check;
        let settings = SettingsChange {
            address1: text(c, "address1", self.address1),
            address2: text(c, "address2", self.address2),
            city: text(c, "city", self.city),
            region: text(c, "region", self.region),
            postal_code: text(c, "postalCode", self.postal_code),
            country: c.patch("country", self.country, |country| line(&country.0).map(Some)),
            phone_number: text(c, "phoneNumber", self.phone_number),
            email: c.patch("email", self.email, |text| {
                EmailAddress::new(&text).map(|email| Some(email.to_string()))
            }),
            website: text(c, "website", self.website),
            logo_image_name: text(c, "logoImageName", self.logo_image_name),
            language: c.patch("language", self.language, |text| language(&text)),
            decimal_sign: one_of(c, "decimalSign", self.decimal_sign, &[".", ","]),
            time_zone: c.patch("timeZone", self.time_zone, |text| {
                base::time_zone(&text)
                    .ok_or("must be a name of the IANA time zone database, as in Europe/Oslo")
            }),
            paper_size: one_of(c, "paperSize", self.paper_size, &["A4", "Letter"]),
            default_length_unit: unit::<base::LengthUnit>(
                c,
                "defaultLengthUnit",
                self.default_length_unit,
                "must be one of mm, cm, m, in, ft",
            ),
            default_pressure_unit: unit::<PressureUnit>(
                c,
                "defaultPressureUnit",
                self.default_pressure_unit,
                "must be one of MPa, kPa, bar, psi",
            ),
            default_weight_unit: one_of(c, "defaultWeightUnit", self.default_weight_unit, &["kg", "g", "lb"]),
            default_temperature_unit: one_of(
                c,
                "defaultTemperatureUnit",
                self.default_temperature_unit,
                &["C", "F"],
            ),
            default_currency: c.patch("defaultCurrency", self.default_currency, |code| {
                super::currencies::currency(&code).map(|currency| currency.code().to_owned())
            }),
            erp_name: text(c, "erpName", self.erp_name),
            use_beta_features: flag(self.use_beta_features),
            allow_reading_keys_back: flag(self.allow_reading_keys_back),
            new_parts_need_approval: flag(self.new_parts_need_approval),
            revision_delimiter: c.patch("revisionDelimiter", self.revision_delimiter, |text| {
                Line::<3>::new(&text).map(|line| line.to_string())
            }),
            numbering: numbering(c, self.numbering),
        };
        let name = check.optional("name", self.name, |text| Line::new(&text));
        let allowed_origins = origins(&mut check, self.allowed_origins);
        if rev.is_some() && self.rev.is_some() && rev != self.rev {
            check.wrong("rev", "is another one than If-Match names");
        }
        check.finish(Some(ProfileChange { name, settings, allowed_origins, rev: rev.or(self.rev) }))
    }
}

fn line(text: &str) -> Result<String, String> {
    Line::<100>::new(text).map(|line| line.to_string())
}

fn text(check: &mut Check, path: &str, value: Patch<String>) -> Patch<Option<String>> {
    check.patch(path, value, |text| line(&text).map(Some))
}

fn flag(value: Patch<Flag>) -> Patch<bool> {
    match value {
        Patch::Leave => Patch::Leave,
        Patch::Clear => Patch::Clear,
        Patch::Set(Flag(value)) => Patch::Set(value),
    }
}

/// One of a few words, in any case.
fn one_of(check: &mut Check, path: &str, value: Patch<String>, words: &[&str]) -> Patch<String> {
    check.patch(path, value, |text| {
        let known = words.iter().find(|word| word.eq_ignore_ascii_case(text.trim()));
        known.map(|word| (*word).to_owned()).ok_or_else(|| format!("must be one of {}", words.join(" ")))
    })
}

fn unit<U: Unit>(check: &mut Check, path: &str, value: Patch<String>, wrong: &'static str) -> Patch<String> {
    check.patch(path, value, |text| U::parse(&text).map(|unit| unit.to_string()).ok_or(wrong))
}

/// A language tag of BCP 47, as far as its form goes.
fn language(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let mut parts = text.split('-');
    let is_language =
        |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase());
    let is_more =
        |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    if text.len() <= 35 && parts.next().is_some_and(is_language) && parts.all(is_more) {
        Ok(text.to_owned())
    } else {
        Err("must be a language tag, as in en or pt-BR")
    }
}

fn numbering(
    check: &mut Check,
    value: Patch<BTreeMap<String, NumberingBody>>,
) -> Patch<BTreeMap<String, Numbering>> {
    let given = match value {
        Patch::Leave => return Patch::Leave,
        Patch::Clear => return Patch::Clear,
        Patch::Set(given) => given,
    };
    if given.is_empty() {
        check.wrong("numbering", "must name a kind of document");
    }
    let mut all = BTreeMap::new();
    for (kind, body) in given {
        let path = format!("numbering.{kind}");
        let Some((known, _)) = NUMBERED.iter().find(|(known, _)| *known == kind) else {
            let known: Vec<_> = NUMBERED.iter().map(|(known, _)| *known).collect();
            check.wrong(path, format!("is unknown: there are {}", known.join(", ")));
            continue;
        };
        // It may be empty, which a line may not.
        if body.prefix.chars().count() > 10 || body.prefix.chars().any(char::is_control) {
            check.wrong(format!("{path}.prefix"), "must be at most 10 characters in one line");
        } else if !(1..=9).contains(&body.digits) {
            check.wrong(format!("{path}.digits"), "must be from 1 to 9");
        } else if !(1..=999_999_999).contains(&body.next) {
            check.wrong(format!("{path}.next"), "must be from 1 to 999,999,999");
        } else {
            let NumberingBody { prefix, digits, next } = body;
            all.insert((*known).to_owned(), Numbering { prefix, digits, next });
        }
    }
    Patch::Set(all)
}

fn origins(check: &mut Check, value: Patch<Vec<String>>) -> Patch<Vec<String>> {
    if let Patch::Set(origins) = &value {
        if origins.len() > 100 {
            check.wrong("allowedOrigins", "must not have more than 100 entries");
        }
        for (n, origin) in origins.iter().enumerate().take(100) {
            if origin.len() > 300 || !is_origin(origin) {
                let path = format!("allowedOrigins[{n}]");
                check.wrong(path, "must be as in https://shop.example, in lower case and without a path");
            }
        }
    }
    value
}
