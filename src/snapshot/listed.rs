//! Lists of one object, such as the licences of a person, that a snapshot may lack.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A list of an object. One that was not captured reads as empty, and the object is in `notKnown`: nothing is planned for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    list: Vec<T>,
    captured: bool,
}

impl<T> Listed<T> {
    /// A list that was not captured.
    pub fn absent() -> Listed<T> {
        Listed {
            list: Vec::new(),
            captured: false,
        }
    }

    /// Whether it was captured.
    pub fn is_captured(&self) -> bool {
        self.captured
    }
}

impl<T> Default for Listed<T> {
    fn default() -> Listed<T> {
        Vec::new().into()
    }
}

impl<T> From<Vec<T>> for Listed<T> {
    fn from(list: Vec<T>) -> Listed<T> {
        Listed {
            list,
            captured: true,
        }
    }
}

impl<T> FromIterator<T> for Listed<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Listed<T> {
        Vec::from_iter(items).into()
    }
}

impl<T> Deref for Listed<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.list
    }
}

impl<T> DerefMut for Listed<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.list
    }
}

impl<'l, T> IntoIterator for &'l Listed<T> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Listed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Listed<T>, D::Error> {
        let list: Option<Vec<T>> = Option::deserialize(deserializer)?;
        Ok(list.map_or_else(Listed::absent, Listed::from))
    }
}

impl<T: Serialize> Serialize for Listed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.captured {
            true => self.list.serialize(serializer),
            false => serializer.serialize_none(),
        }
    }
}
