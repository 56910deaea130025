use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use usecases::organizations::{NUMBERED, Profile, Settings};
use utoipa::ToSchema;

/// How the numbers of one kind of document are made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[schema(as = Numbering)]
pub(super) struct NumberingBody {
    /// What stands before the number; at most 10 characters, may be empty.
    pub(super) prefix: String,
    /// How many digits the number has at least, 1 to 9.
    pub(super) digits: u8,
    /// The next number, 1 to 999,999,999.
    pub(super) next: u32,
}

/// An organization as it is answered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Organization)]
pub(super) struct OrganizationOut {
    /// Its id.
    #[serde(rename = "_id")]
    id: String,
    /// Eight letters it is called by where no long id is wanted.
    public_id: String,
    /// Its name.
    name: String,
    /// The first line of the address.
    address1: Option<String>,
    /// The second line of the address.
    address2: Option<String>,
    /// The city.
    city: Option<String>,
    /// The region, state or province.
    region: Option<String>,
    /// The postal code.
    postal_code: Option<String>,
    /// The name of the country.
    country: Option<String>,
    /// The telephone number.
    phone_number: Option<String>,
    /// The address for mail from others.
    email: Option<String>,
    /// The web site.
    website: Option<String>,
    /// The name of the image that is the logo.
    logo_image_name: Option<String>,
    /// The language, as in `en` or `pt-BR`.
    language: String,
    /// `.` or `,`.
    decimal_sign: String,
    /// A name of the IANA time zone database.
    time_zone: String,
    /// `A4` or `Letter`.
    paper_size: String,
    /// `mm`, `cm`, `m`, `in` or `ft`.
    default_length_unit: String,
    /// `bar`, `MPa`, `kPa` or `psi`.
    default_pressure_unit: String,
    /// `kg`, `g` or `lb`.
    default_weight_unit: String,
    /// `C` or `F`.
    default_temperature_unit: String,
    /// The code of the currency in which prices are kept.
    default_currency: String,
    /// What the organization calls its ERP system.
    erp_name: Option<String>,
    /// Whether what is not finished yet is shown.
    use_beta_features: bool,
    /// Whether an administrator may read back keys that were made since.
    allow_reading_keys_back: bool,
    /// Whether a part that somebody adds who does not run the organization waits for approval.
    new_parts_need_approval: bool,
    /// What stands between a part number and its revision.
    revision_delimiter: String,
    /// How numbers are made, by the kind of document.
    numbering: BTreeMap<String, NumberingBody>,
    /// The web pages that may call with this organization's credentials; null is as the server says.
    allowed_origins: Option<Vec<String>>,
    /// When it was made.
    #[schema(format = DateTime)]
    created: String,
    /// By whom: `user:ID`, `key:ID` or `system:WORD`.
    created_by: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    last_modified: String,
    /// By whom.
    last_modified_by: String,
    /// Rises by one with every change.
    rev: i64,
}

impl OrganizationOut {
    pub(super) fn new(profile: Profile) -> Self {
        let numbering = numbering(&profile.settings);
        let settings = profile.settings;
        Self {
            id: profile.id.to_string(),
            public_id: profile.public_id,
            name: profile.name,
            address1: settings.address1,
            address2: settings.address2,
            city: settings.city,
            region: settings.region,
            postal_code: settings.postal_code,
            country: settings.country,
            phone_number: settings.phone_number,
            email: settings.email,
            website: settings.website,
            logo_image_name: settings.logo_image_name,
            language: settings.language,
            decimal_sign: settings.decimal_sign,
            time_zone: settings.time_zone,
            paper_size: settings.paper_size,
            default_length_unit: settings.default_length_unit,
            default_pressure_unit: settings.default_pressure_unit,
            default_weight_unit: settings.default_weight_unit,
            default_temperature_unit: settings.default_temperature_unit,
            default_currency: settings.default_currency,
            erp_name: settings.erp_name,
            use_beta_features: settings.use_beta_features,
            allow_reading_keys_back: settings.allow_reading_keys_back,
            new_parts_need_approval: settings.new_parts_need_approval,
            revision_delimiter: settings.revision_delimiter,
            numbering,
            allowed_origins: profile.allowed_origins,
            created: profile.stamp.created.to_string(),
            created_by: profile.stamp.created_by,
            last_modified: profile.stamp.last_modified.to_string(),
            last_modified_by: profile.stamp.last_modified_by,
            rev: profile.stamp.rev,
        }
    }
}

fn numbering(settings: &Settings) -> BTreeMap<String, NumberingBody> {
    let of = |(kind, _): &(&str, &str)| {
        let numbering = settings.numbering_of(kind)?;
        let body = NumberingBody { prefix: numbering.prefix, digits: numbering.digits, next: numbering.next };
        Some(((*kind).to_owned(), body))
    };
    NUMBERED.iter().filter_map(of).collect()
}

/// What a client needs to begin: for every caller.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OrganizationDefaults {
    /// The language, as in `en` or `pt-BR`.
    language: String,
    /// `.` or `,`.
    decimal_sign: String,
    /// A name of the IANA time zone database.
    time_zone: String,
    /// `A4` or `Letter`.
    paper_size: String,
    /// `mm`, `cm`, `m`, `in` or `ft`.
    default_length_unit: String,
    /// `bar`, `MPa`, `kPa` or `psi`.
    default_pressure_unit: String,
    /// `kg`, `g` or `lb`.
    default_weight_unit: String,
    /// `C` or `F`.
    default_temperature_unit: String,
    /// The code of the currency in which prices are kept.
    default_currency: String,
    /// What stands between a part number and its revision.
    revision_delimiter: String,
}

impl From<Settings> for OrganizationDefaults {
    fn from(settings: Settings) -> Self {
        Self {
            language: settings.language,
            decimal_sign: settings.decimal_sign,
            time_zone: settings.time_zone,
            paper_size: settings.paper_size,
            default_length_unit: settings.default_length_unit,
            default_pressure_unit: settings.default_pressure_unit,
            default_weight_unit: settings.default_weight_unit,
            default_temperature_unit: settings.default_temperature_unit,
            default_currency: settings.default_currency,
            revision_delimiter: settings.revision_delimiter,
        }
    }
}
