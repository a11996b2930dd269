//! Numbers and extensions that the files so far give to somebody: of two who have one, as an odd snapshot may say, a file
//! can name one.

use rustc_hash::FxHashSet;

/// What is given already.
#[derive(Debug, Default)]
pub struct Claims {
    numbers: FxHashSet<String>,
    /// By location.
    extensions: FxHashSet<(String, String)>,
}

impl Claims {
    /// Takes a number, unless another entry has it.
    pub fn number(&mut self, number: &str) -> bool {
        self.numbers.insert(number.to_owned())
    }

    /// Takes an extension of a location, unless another entry has it.
    pub fn extension(&mut self, location: Option<&str>, extension: &str) -> bool {
        let location = location.unwrap_or_default().to_owned();
        self.extensions.insert((location, extension.to_owned()))
    }
}
