use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};

/// An ISO 4217 currency, with the number of decimals its amounts have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency {
    code: [u8; 3],
    decimals: u8,
}

/// The currencies whose amounts do not have two decimals (ISO 4217, list one).
const OTHER_DECIMALS: &[(&str, u8)] = &[
    ("BHD", 3),
    ("BIF", 0),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("UYI", 0),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

/// The codes of ISO 4217, list one, without those of metals, funds of no
/// country and tests.
const IN_USE: &str = "\
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD \
    CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP \
    GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR \
    KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN \
    MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD \
    SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX \
    USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

impl Currency {
    /// Whether ISO 4217 has this code.
    pub fn is_in_use(&self) -> bool {
        IN_USE.split(' ').any(|code| code == self.code())
    }

    /// The currency with this code of three letters, in either case.
    pub fn new(code: &str) -> Result<Self, &'static str> {
        let letters: [u8; 3] = code.as_bytes().try_into().map_err(|_| NOT_A_CURRENCY)?;
        if !letters.iter().all(u8::is_ascii_alphabetic) {
            return Err(NOT_A_CURRENCY);
        }
        let code = letters.map(|letter| letter.to_ascii_uppercase());
        let decimals =
            OTHER_DECIMALS.iter().find(|(other, _)| other.as_bytes() == code).map_or(2, |(_, n)| *n);
        Ok(Self { code, decimals })
    }

    /// Three capital letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or_default()
    }

    /// How many decimals an amount has: 0 to 3.
    pub fn decimals(self) -> u32 {
        u32::from(self.decimals)
    }
}

const NOT_A_CURRENCY: &str = "must be a currency code of three letters, as in USD";

/// An amount on a document: rounded to its currency's decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

impl Money {
    /// `amount` rounded once, half away from zero.
    pub fn rounded(amount: Decimal, currency: Currency) -> Self {
        Self { amount: round(amount, currency.decimals()), currency }
    }

    /// The amount, in whole units of the currency.
    pub fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency.code())
    }
}

/// A unit price or a rate: six decimals, stored as a count of millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(i64);

impl Rate {
    /// `value` rounded once, half away from zero, to six decimals; `None`
    /// beyond ±9.2 × 10¹².
    pub fn rounded(value: Decimal) -> Option<Self> {
        let millionths = round(value, 6).checked_mul(Decimal::from(1_000_000))?;
        i64::try_from(millionths).ok().map(Self)
    }

    /// The rate that is stored as this many millionths.
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// How many millionths.
    pub const fn as_millionths(self) -> i64 {
        self.0
    }

    /// The value.
    pub fn value(self) -> Decimal {
        Decimal::new(self.0, 6).normalize()
    }
}

/// Half away from zero, the way an invoice rounds.
fn round(value: Decimal, decimals: u32) -> Decimal {
    let mut rounded = value.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    if rounded.scale() < decimals {
        rounded.rescale(decimals);
    }
    rounded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rounded(amount: &str, code: &str) -> String {
        Money::rounded(amount.parse().unwrap(), Currency::new(code).unwrap()).to_string()
    }

    #[test]
    fn rounds_half_away_from_zero_at_the_currency_s_decimals() {
        // Vectors of the Carbon project's price tests, and one currency of each kind.
        assert_eq!(rounded("1.005", "USD"), "1.01 USD");
        assert_eq!(rounded("0.5625", "usd"), "0.56 USD");
        assert_eq!(rounded("-2.5", "JPY"), "-3 JPY");
        assert_eq!(rounded("62.5", "JPY"), "63 JPY");
        assert_eq!(rounded("1", "KWD"), "1.000 KWD");
        let in_use = |code| Currency::new(code).unwrap().is_in_use();
        assert!(in_use("eur") && in_use("AED") && in_use("ZWG") && !in_use("XXX") && !in_use("ABC"));
        assert!(Currency::new("US").is_err() && Currency::new("U$D").is_err());
    }

    proptest! {
        #[test]
        fn rates_are_stored_exactly(millionths: i64) {
            let rate = Rate::from_millionths(millionths);
            prop_assert_eq!(Rate::rounded(rate.value()), Some(rate));
        }
    }
}
