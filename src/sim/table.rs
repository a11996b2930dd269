//! Objects of one kind in slots: a slot is never used again, so cursors and references stay good, and an object is found
//! by any form of its id.

use rustc_hash::FxHashMap;

use super::ids;

/// Where an object is.
pub type Slot = u32;

/// What has a public id.
pub trait Row {
    /// The public id.
    fn id(&self) -> &str;
}

/// Objects of one kind.
#[derive(Debug, Clone)]
pub struct Table<T> {
    rows: Vec<Option<T>>,
    by_id: FxHashMap<String, Slot>,
    by_bare: FxHashMap<String, Slot>,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table {
            rows: Vec::new(),
            by_id: FxHashMap::default(),
            by_bare: FxHashMap::default(),
        }
    }
}

impl<T: Row> Table<T> {
    /// The slot that the next object will have.
    pub fn next(&self) -> Slot {
        Slot::try_from(self.rows.len()).unwrap_or(Slot::MAX)
    }

    /// Adds an object.
    pub fn insert(&mut self, row: T) -> Slot {
        let slot = self.next();
        self.by_id.insert(ids::decoded(row.id()), slot);
        self.by_bare.insert(ids::bare(row.id()), slot);
        self.rows.push(Some(row));
        slot
    }

    /// Takes an object away.
    pub fn remove(&mut self, slot: Slot) -> Option<T> {
        let row = self.rows.get_mut(slot as usize)?.take()?;
        self.by_id.remove(&ids::decoded(row.id()));
        self.by_bare.remove(&ids::bare(row.id()));
        Some(row)
    }

    /// The object in a slot.
    pub fn get(&self, slot: Slot) -> Option<&T> {
        self.rows.get(slot as usize)?.as_ref()
    }

    /// The object in a slot, to be changed; its id must stay.
    pub fn get_mut(&mut self, slot: Slot) -> Option<&mut T> {
        self.rows.get_mut(slot as usize)?.as_mut()
    }

    /// Puts another object with the same id into a slot.
    pub fn replace(&mut self, slot: Slot, row: T) {
        if let Some(place) = self.rows.get_mut(slot as usize) {
            *place = Some(row);
        }
    }

    /// By public id, in any form.
    pub fn find(&self, id: &str) -> Option<Slot> {
        self.by_id.get(&ids::decoded(id)).copied()
    }

    /// By bare uuid, or by public id.
    pub fn find_any(&self, id: &str) -> Option<Slot> {
        self.find_bare(id).or_else(|| self.find(id))
    }

    /// By bare uuid.
    pub fn find_bare(&self, uuid: &str) -> Option<Slot> {
        self.by_bare.get(uuid).copied()
    }

    /// All, in order of slot.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &T)> {
        self.iter_from(0)
    }

    /// All from a slot on.
    pub fn iter_from(&self, from: Slot) -> impl Iterator<Item = (Slot, &T)> {
        let rows = self.rows.get(from as usize..).unwrap_or_default();
        let slots = from..;
        slots
            .zip(rows)
            .filter_map(|(slot, row)| Some((slot, row.as_ref()?)))
    }
}
