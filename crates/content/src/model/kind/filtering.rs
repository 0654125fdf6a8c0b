//! How the values of a field can be filtered.

use serde_json::Value;
use uuid::Uuid;

use super::{
    comparable::Comparable,
    numerals::{strict_integer, strict_number},
    operator::Operator,
};
use crate::{
    faults::{Expected, Fault},
    values::{Handle, TimeOfDay, Timestamp},
};

/// How the values of a field can be filtered: which operators fit, and what a filter's text must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filtering {
    /// Not at all.
    None,
    /// Texts, in their folded form.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    /// Yes or no.
    Boolean,
    /// Days.
    Date,
    /// Points in time.
    Time,
    /// Times of a day, compared as seconds since midnight.
    TimeOfDay,
    /// Declared options, exactly as they are written.
    Option(Vec<String>),
    /// Identities that are public whoever asks.
    Id,
    /// Entries, of the named collections or of all; those that are not public count as no value. The only kind over
    /// which a filter can go on to the fields of the target.
    Reference(Option<Vec<Handle>>),
}

const EQUALITY: &[Operator] = &[Operator::Eq, Operator::Ne, Operator::In, Operator::Nin, Operator::Exists];
const TEXT: &[Operator] = &[
    Operator::Eq,
    Operator::Ne,
    Operator::In,
    Operator::Nin,
    Operator::Contains,
    Operator::StartsWith,
    Operator::Exists,
];
const ORDERED: &[Operator] = &[
    Operator::Eq,
    Operator::Ne,
    Operator::Lt,
    Operator::Lte,
    Operator::Gt,
    Operator::Gte,
    Operator::In,
    Operator::Nin,
    Operator::Exists,
];

impl Filtering {
    /// The operators that fit.
    pub fn operators(&self) -> &'static [Operator] {
        match self {
            Self::None => &[],
            Self::Text => TEXT,
            Self::Integer | Self::Number | Self::Date | Self::Time | Self::TimeOfDay => ORDERED,
            Self::Boolean | Self::Option(_) | Self::Id | Self::Reference(_) => EQUALITY,
        }
    }

    /// Whether its values are entries that may not be public.
    pub fn is_reference(&self) -> bool {
        match self {
            Self::Reference(_) => true,
            Self::None
            | Self::Text
            | Self::Integer
            | Self::Number
            | Self::Boolean
            | Self::Date
            | Self::Time
            | Self::TimeOfDay
            | Self::Option(_)
            | Self::Id => false,
        }
    }

    /// Whether its values are texts or options, by which hits of a search can be counted.
    pub fn is_text_or_option(&self) -> bool {
        match self {
            Self::Text | Self::Option(_) => true,
            Self::None
            | Self::Integer
            | Self::Number
            | Self::Boolean
            | Self::Date
            | Self::Time
            | Self::TimeOfDay
            | Self::Id
            | Self::Reference(_) => false,
        }
    }

    /// Whether values of both are compared in the same way.
    pub fn agrees_with(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// Takes in what another declaration of the same kind allows: its options, its collections.
    pub(crate) fn widen(&mut self, other: Self) {
        if let (Self::Option(values), Self::Option(others)) = (&mut *self, &other) {
            for other in others {
                if !values.contains(other) {
                    values.push(other.clone());
                }
            }
        }
        if let (Self::Reference(collections), Self::Reference(others)) = (self, other) {
            match (collections.as_mut(), others) {
                (Some(collections), Some(others)) => {
                    let new: Vec<Handle> = others.into_iter().filter(|other| !collections.contains(other)).collect();
                    collections.extend(new);
                }
                (Some(_) | None, _) => *collections = None,
            }
        }
    }

    /// Reads one value of a filter, exactly as it must be written.
    ///
    /// `None` where it is no value of this kind: then `refuse` says what is.
    pub fn parse(&self, text: &str) -> Option<Comparable> {
        match self {
            Self::None => None,
            Self::Text => Some(diwan_arabic::fold_text(text)).filter(|folded| !folded.is_empty()).map(Comparable::Text),
            Self::Integer => strict_integer(text).map(Comparable::Integer),
            Self::Number => strict_number(text).map(Comparable::Number),
            Self::Boolean => text.parse().ok().map(Comparable::Boolean),
            Self::Date => text.parse().ok().map(Comparable::Date),
            Self::Time => text.parse().ok().map(|time: Timestamp| Comparable::Time(time.unix_ms())),
            Self::TimeOfDay => seconds_of_day(text).map(Comparable::Integer),
            Self::Option(values) => values.iter().any(|v| v == text).then(|| Comparable::Option(text.to_owned())),
            Self::Id | Self::Reference(_) => id(text).map(Comparable::Id),
        }
    }

    /// A fault with what a filter's value must be.
    pub(crate) fn refuse(&self, fault: Fault) -> Fault {
        match self {
            Self::None => fault.expecting(Expected::Nothing),
            Self::Text => fault.expecting(Expected::NotBlank),
            Self::Integer => fault.expecting(Expected::Integer),
            Self::Number => fault.expecting(Expected::Number),
            Self::Boolean => fault.expecting(Expected::Boolean),
            Self::Date => fault.expecting(Expected::Date),
            Self::Time => fault.expecting(Expected::Datetime),
            Self::TimeOfDay => fault.expecting(Expected::TimeOfDay),
            Self::Option(values) => fault.expecting(Expected::OneOf).with("allowed", values.clone()),
            Self::Id | Self::Reference(_) => fault.expecting(Expected::Id),
        }
    }

    /// The form in which filters compare one presented scalar; `None` where it is no value of this kind.
    pub fn comparable(&self, presented: &Value) -> Option<Comparable> {
        match self {
            Self::None => None,
            Self::Text => presented.as_str().map(|text| Comparable::Text(diwan_arabic::fold_text(text))),
            Self::Integer => presented.as_i64().map(Comparable::Integer),
            Self::Number => presented.as_f64().map(Comparable::Number),
            Self::Boolean => presented.as_bool().map(Comparable::Boolean),
            Self::Date => presented.as_str()?.parse().ok().map(Comparable::Date),
            Self::Time => presented.as_str()?.parse().ok().map(|time: Timestamp| Comparable::Time(time.unix_ms())),
            Self::TimeOfDay => seconds_of_day(presented.as_str()?).map(Comparable::Integer),
            Self::Option(_) => presented.as_str().map(|value| Comparable::Option(value.to_owned())),
            Self::Id | Self::Reference(_) => id(presented.as_str()?).map(Comparable::Id),
        }
    }
}

/// A UUID with hyphens, in any case.
fn id(text: &str) -> Option<Uuid> {
    if text.len() == 36 { Uuid::try_parse(text).ok() } else { None }
}

fn seconds_of_day(text: &str) -> Option<i64> {
    text.parse().ok().map(|time: TimeOfDay| time.seconds().into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{faults::FaultCode, values::Pointer};

    #[test]
    fn values_are_read_strictly_and_faults_say_what_was_expected() {
        let options = Filtering::Option(vec!["news".to_owned(), "event".to_owned()]);
        let taken = [
            (&Filtering::Text, "  المُوازنة ", Comparable::Text("الموازنه".to_owned())),
            (&Filtering::Integer, "-5", Comparable::Integer(-5)),
            (&Filtering::Number, "2.50", Comparable::Number(2.5)),
            (&Filtering::Boolean, "true", Comparable::Boolean(true)),
            (&Filtering::Time, "1970-01-01T03:00:00+03:00", Comparable::Time(0)),
            (&Filtering::TimeOfDay, "01:01", Comparable::Integer(3_660)),
            (&Filtering::TimeOfDay, "00:00:59", Comparable::Integer(59)),
            (&options, "event", Comparable::Option("event".to_owned())),
        ];
        for (filtering, text, expected) in taken {
            assert_eq!(filtering.parse(text), Some(expected), "{text}");
        }
        let refused = [
            (Filtering::Text, " \u{200f}ـ", "not_blank"),
            (Filtering::Integer, "+5", "integer"),
            (Filtering::Integer, "٥", "integer"),
            (Filtering::Number, "５", "number"),
            (Filtering::Boolean, "1", "boolean"),
            (Filtering::Boolean, "True", "boolean"),
            (Filtering::Date, "2026-02-30", "date"),
            (Filtering::Time, "2026-01-31", "datetime"),
            (Filtering::TimeOfDay, "24:00", "time"),
            (Filtering::TimeOfDay, "1:00", "time"),
            (options, "News", "one_of"),
            (Filtering::Id, "6c5a7ac3546c4172947a231133096268", "uuid"),
            (Filtering::Reference(None), "x' OR '1'='1", "uuid"),
        ];
        for (filtering, text, expected) in refused {
            assert_eq!(filtering.parse(text), None, "{text}");
            let fault = filtering.refuse(Fault::new(Pointer::root(), FaultCode::InvalidParameter));
            assert_eq!(fault.params["expected"], expected, "{text}");
        }
    }

    #[test]
    fn presented_values_meet_the_values_of_filters() {
        assert_eq!(Filtering::Integer.comparable(&json!(5)), Filtering::Integer.parse("5"));
        assert_eq!(Filtering::Text.comparable(&json!("مسئول")), Filtering::Text.parse("مسؤول"));
        assert_eq!(Filtering::Date.comparable(&json!("2026-01-31")), Filtering::Date.parse("2026-01-31"));
        for filtering in [Filtering::None, Filtering::Integer, Filtering::Date, Filtering::Boolean, Filtering::Id] {
            assert_eq!(filtering.comparable(&json!("x")), None);
            assert_eq!(filtering.comparable(&json!(null)), None);
        }
    }
}
