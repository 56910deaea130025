//! Numbers of a fixed width in base 62, most significant digit first, so that
//! each number has exactly one text. Limbs are least significant first.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What a byte that is no digit maps to.
const NONE: u8 = u8::MAX;

/// The value of each byte as a digit.
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut digit = 0;
    while digit < 62 {
        values[DIGITS[digit as usize] as usize] = digit;
        digit += 1;
    }
    values
};

/// As many digits as always fit into a limb.
const GROUP: usize = 10;

/// Appends `number` as `width` digits, cutting off what does not fit.
pub fn encode<const LIMBS: usize>(mut number: [u64; LIMBS], width: usize, text: &mut String) {
    let start = text.len();
    text.extend(std::iter::repeat_n('0', width));
    for position in (start..start + width).rev() {
        let digit = usize::from(divide(&mut number));
        text.replace_range(position..=position, char::from(DIGITS[digit]).encode_utf8(&mut [0; 1]));
    }
}

/// Divides `number` by 62 and returns the remainder.
fn divide(number: &mut [u64]) -> u8 {
    let mut remainder = 0u128;
    for limb in number.iter_mut().rev() {
        let dividend = remainder << 64 | u128::from(*limb);
        *limb = low(dividend / 62);
        remainder = dividend % 62;
    }
    low(remainder).to_le_bytes()[0]
}

/// The number these digits write; `None` if one is no digit or the number does
/// not fit.
pub fn decode<const LIMBS: usize>(digits: &[u8]) -> Option<[u64; LIMBS]> {
    let mut number = [0; LIMBS];
    for group in digits.chunks(GROUP) {
        let mut weight = 1;
        let mut value = 0;
        for &digit in group {
            let digit = VALUES[usize::from(digit)];
            if digit == NONE {
                return None;
            }
            value = value * 62 + u64::from(digit);
            weight *= 62;
        }
        multiply_add(&mut number, weight, value)?;
    }
    Some(number)
}

/// Replaces `number` by `number * factor + addend`; `None` if that overflows.
fn multiply_add(number: &mut [u64], factor: u64, addend: u64) -> Option<()> {
    let mut carry = u128::from(addend);
    for limb in number {
        let product = u128::from(*limb) * u128::from(factor) + carry;
        *limb = low(product);
        carry = product >> 64;
    }
    (carry == 0).then_some(())
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
fn low(wide: u128) -> u64 {
    wide as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text<const LIMBS: usize>(number: [u64; LIMBS], width: usize) -> String {
        let mut text = String::new();
        encode(number, width, &mut text);
        text
    }

    #[test]
    fn known_values() {
        assert_eq!(text([0], 3), "000");
        assert_eq!(text([61], 2), "0z");
        assert_eq!(text([62], 2), "10");
        assert_eq!(text([u64::from(u32::MAX)], 6), "4gfFC3");
        assert_eq!(decode(b"4gfFC3"), Some([u64::from(u32::MAX)]));
        assert_eq!(decode::<1>(b"0-0"), None);
    }

    #[test]
    fn the_largest_fits_and_the_next_does_not() {
        let largest = text([u64::MAX; 4], 43);
        assert_eq!(decode(largest.as_bytes()), Some([u64::MAX; 4]));
        let mut next = largest.into_bytes();
        *next.last_mut().unwrap() += 1;
        assert_eq!(decode::<4>(&next), None);
        assert_eq!(decode::<4>(&[b'z'; 43]), None);
    }

    proptest! {
        #[test]
        fn text_and_back(number: [u64; 4]) {
            prop_assert_eq!(decode(text(number, 43).as_bytes()), Some(number));
        }

        #[test]
        fn digits_and_back(digits in "[0-9A-Za-z]{43}") {
            if let Some(number) = decode::<4>(digits.as_bytes()) {
                prop_assert_eq!(text(number, 43), digits);
            }
        }
    }
}
