use crate::{Dash, EndSize, Gender, Nominal, Style};

/// An end as the invented makers have it.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    /// Its letters in a part number.
    pub(super) code: &'static str,
    pub(super) style: Style,
    pub(super) gender: Gender,
    pub(super) swivel: bool,
}

const fn end(code: &'static str, style: Style, gender: Gender, swivel: bool) -> End {
    End { code, style, gender, swivel }
}

/// The ends of fittings and adaptors, the usual ones first.
pub(super) const ENDS: [End; 18] = [
    end("JF", Style::Jic, Gender::Female, true),
    end("JM", Style::Jic, Gender::Male, false),
    end("OF", Style::Orfs, Gender::Female, true),
    end("OM", Style::Orfs, Gender::Male, false),
    end("NM", Style::Nptf, Gender::Male, false),
    end("BF", Style::Bspp, Gender::Female, true),
    end("BM", Style::Bspp, Gender::Male, false),
    end("LF", Style::DinLight, Gender::Female, true),
    end("LM", Style::DinLight, Gender::Male, false),
    end("SF", Style::DinHeavy, Gender::Female, true),
    end("SM", Style::DinHeavy, Gender::Male, false),
    end("F3", Style::Code61, Gender::None, false),
    end("F6", Style::Code62, Gender::None, false),
    end("NF", Style::Nptf, Gender::Female, false),
    end("TM", Style::Bspt, Gender::Male, false),
    end("PM", Style::Npt, Gender::Male, false),
    end("PF", Style::Npt, Gender::Female, false),
    end("BN", Style::Bspp, Gender::Female, false),
];

/// Sizes of hoses for which there are fittings, the usual ones first.
pub(super) const HOSE_SIZES: [Dash; 10] =
    [dash(8), dash(6), dash(4), dash(12), dash(16), dash(10), dash(20), dash(24), dash(32), dash(5)];

const fn dash(sixteenths: u16) -> Dash {
    match Dash::new(sixteenths) {
        Some(dash) => dash,
        None => panic!("is a size"),
    }
}

/// Tubes in mm that go with hoses of these sizes, light and heavy.
const TUBES: [(u16, u16, u16); 10] = [
    (4, 8, 10),
    (5, 10, 12),
    (6, 12, 14),
    (8, 15, 16),
    (10, 18, 20),
    (12, 22, 25),
    (16, 28, 30),
    (20, 35, 38),
    (24, 42, 38),
    (32, 42, 38),
];

impl End {
    /// What the end is at the size that comes `nth` after the one that goes
    /// best with a dash, counted from 0.
    pub(super) fn near(&self, dash: Dash, nth: usize) -> EndSize {
        let wanted = match self.style {
            Style::DinLight => tubes(dash).1,
            Style::DinHeavy => tubes(dash).2,
            _ => dash.sixteenths(),
        };
        let mut sizes = self.style.sizes();
        sizes.sort_by_key(|size| count(size).abs_diff(wanted));
        sizes[nth % sizes.len()]
    }

    /// `swivel`, if it turns.
    pub(super) fn swivel(&self) -> Option<&'static str> {
        self.swivel.then_some("swivel")
    }
}

fn tubes(dash: Dash) -> (u16, u16, u16) {
    *TUBES.iter().rfind(|(size, ..)| *size <= dash.sixteenths()).unwrap_or(&TUBES[0])
}

/// Sixteenths of an inch, or millimetres of a tube.
fn count(size: &EndSize) -> u16 {
    match size.nominal {
        Nominal::Dash(dash) => dash.sixteenths(),
        Nominal::Tube(tube) => tube.into(),
    }
}

/// A size as a part writes it: `-08`, or `15L` of a metric cone.
pub(super) fn written(size: &EndSize) -> String {
    match size.nominal {
        Nominal::Dash(dash) => dash.to_string(),
        Nominal::Tube(tube) => {
            format!("{tube}{}", if size.style == Style::DinHeavy { "S" } else { "L" })
        }
    }
}

/// The same in a part number: `08`, `15`.
pub(super) fn digits(size: &EndSize) -> String {
    format!("{:02}", count(size))
}
