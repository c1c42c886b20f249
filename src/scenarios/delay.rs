use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::format::TextOrObject;
use crate::clock::{self, Dice};

/// The longest time that a scenario may speak of, so that no exchange is kept for ever.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A time that isn't negative, as `250ms`, `2s` or `PT1M`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(super) struct Time(pub Duration);

impl Time {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let time = clock::duration(text).ok().and_then(|it| Duration::try_from(it).ok());
        time.filter(|it| *it <= LONGEST).map(Self).ok_or_else(|| {
            format!("`{text}` is not a duration up to a day; expected one as 250ms, 2s or PT1M")
        })
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&String::deserialize(deserializer)?).map_err(Error::custom)
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "x-duration" })
    }
}

/// How long an answer is kept back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Delay {
    /// So long.
    Fixed(Duration),
    /// Anything from the first to the second, each as likely as the other.
    Uniform(Duration, Duration),
    /// As real services take: half of them up to the median, and a few much longer.
    Lognormal { median: Duration, sigma: f64, max: Duration },
}

impl Delay {
    /// A delay, from the session's dice where it is left to chance.
    pub(super) fn draw(&self, dice: &Dice) -> Duration {
        match *self {
            Self::Fixed(time) => time,
            Self::Uniform(least, most) => least + most.saturating_sub(least).mul_f64(dice.unit()),
            Self::Lognormal { median, sigma, max } => {
                let drawn = median.as_secs_f64() * (sigma * normal(dice)).exp();
                Duration::try_from_secs_f64(drawn).map_or(max, |it| it.min(max))
            }
        }
    }
}

/// A number of the standard normal distribution (Box and Muller).
fn normal(dice: &Dice) -> f64 {
    // Of 0 there is no logarithm; the dice never show 1.
    let radius = (-2.0 * (1.0 - dice.unit()).ln()).sqrt();
    radius * (std::f64::consts::TAU * dice.unit()).cos()
}

/// The long form of a delay.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum Distribution {
    /// From the first to the second.
    Uniform([Time; 2]),
    /// As real services take.
    Lognormal(Lognormal),
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Lognormal {
    /// Half of the delays are shorter.
    median: Time,
    /// How far they scatter.
    #[schemars(range(min = 0.0, max = 10.0))]
    sigma: f64,
    /// No delay is longer; `60s` if this isn't said.
    max: Option<Time>,
}

impl<'de> TextOrObject<'de> for Delay {
    const EXPECTED: &'static str =
        "a duration as 250ms, or {\"uniform\": […]} or {\"lognormal\": {…}}";

    fn from_text(text: &str) -> Result<Self, String> {
        Time::read(text).map(|time| Self::Fixed(time.0))
    }

    fn from_object<D: Deserializer<'de>>(object: D) -> Result<Self, D::Error> {
        match Distribution::deserialize(object)? {
            Distribution::Uniform([least, most]) if least <= most => {
                Ok(Self::Uniform(least.0, most.0))
            }
            Distribution::Uniform(_) => {
                Err(Error::custom("the shorter time comes first, as [\"50ms\", \"2s\"]"))
            }
            Distribution::Lognormal(Lognormal { median, sigma, max }) => {
                let max = max.map_or(Duration::from_secs(60), |it| it.0);
                Ok(Self::Lognormal { median: median.0, sigma, max })
            }
        }
    }
}

impl<'de> Deserialize<'de> for Delay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(deserializer)
    }
}

impl JsonSchema for Delay {
    fn schema_name() -> Cow<'static, str> {
        "Delay".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (time, long) =
            (generator.subschema_for::<Time>(), generator.subschema_for::<Distribution>());
        json_schema!({ "anyOf": [time, long] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Delay, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_delay_is_drawn_from_its_distribution_and_never_leaves_its_bounds() {
        let dice = Dice::new(Some(1));
        let ms = Duration::from_millis;
        assert_eq!(read(r#""250ms""#).unwrap().draw(&dice), ms(250));
        let uniform = read(r#"{"uniform":["50ms","2s"]}"#).unwrap();
        let lognormal = read(r#"{"lognormal":{"median":"80ms","sigma":0.5,"max":"5s"}}"#).unwrap();
        let wild = read(r#"{"lognormal":{"median":"1s","sigma":10,"max":"5s"}}"#).unwrap();
        let mut shorter = 0;
        for _ in 0..2_000 {
            let drawn = uniform.draw(&dice);
            assert!((ms(50)..=ms(2_000)).contains(&drawn), "{drawn:?}");
            shorter += usize::from(lognormal.draw(&dice) < ms(80));
            assert!(wild.draw(&dice) <= ms(5_000));
        }
        assert!((900..1_100).contains(&shorter), "{shorter} of 2000 lie below the median");
    }

    #[test]
    fn a_delay_that_makes_no_sense_is_refused() {
        assert!(read(r#"{"uniform":["2s","50ms"]}"#).is_err());
        assert!(read(r#""-1s""#).is_err());
        assert!(read(r#""2 years""#).is_err());
        assert!(read(r#"{"normal":{}}"#).is_err());
    }
}
