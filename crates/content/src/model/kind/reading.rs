//! One value while it is read: its place, the value before, and the faults so far.

use serde_json::Value;

use crate::{
    faults::{Fault, FaultCode},
    values::Pointer,
};

/// Where a value stands while it is read, what stood there in the revision before, and where faults go.
pub(crate) struct Reading<'a> {
    at: Pointer,
    base: Option<&'a Value>,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Reading<'a> {
    /// Most faults that one reading tells; the first are enough to mend a document by.
    pub(crate) const MAX_FAULTS: usize = 200;

    pub(crate) fn new(at: Pointer, base: Option<&'a Value>, faults: &'a mut Vec<Fault>) -> Self {
        Self { at, base, faults }
    }

    /// The reading of one item. What stood before is still the whole list, for items may move.
    pub(crate) fn item(&mut self, place: usize) -> Reading<'_> {
        Reading { at: self.at.index(place), base: self.base, faults: self.faults }
    }

    /// The reading of one row, with what that row was before, wherever it stood.
    pub(crate) fn row<'r>(&'r mut self, place: usize, base: Option<&'r Value>) -> Reading<'r> {
        Reading { at: self.at.index(place), base, faults: self.faults }
    }

    /// The reading of one member of an object.
    pub(crate) fn member(&mut self, name: &str) -> Reading<'_> {
        Reading { at: self.at.key(name), base: self.base.and_then(|base| base.get(name)), faults: self.faults }
    }

    /// The same place, with something else that stood here before.
    pub(crate) fn based_on<'r>(&'r mut self, base: Option<&'r Value>) -> Reading<'r> {
        Reading { at: self.at.clone(), base, faults: self.faults }
    }

    /// The place.
    pub(crate) fn at(&self) -> &Pointer {
        &self.at
    }

    /// What stood here before.
    pub(crate) fn base(&self) -> Option<&'a Value> {
        self.base
    }

    /// Whether that value stood here before, alone or as an item.
    pub(crate) fn keeps(&self, value: &Value) -> bool {
        match self.base {
            None => false,
            Some(Value::Array(items)) if items.contains(value) => true,
            Some(base) => base == value,
        }
    }

    /// A fault at this place.
    pub(crate) fn fault(&mut self, code: FaultCode) {
        self.tell(Fault::new(self.at.clone(), code));
    }

    /// A fault at this place with one parameter.
    pub(crate) fn fault_with(&mut self, code: FaultCode, name: &str, value: impl Into<Value>) {
        self.tell(Fault::new(self.at.clone(), code).with(name, value));
    }

    /// A value of another JSON type.
    pub(crate) fn wrong_type(&mut self, expected: &str) {
        self.fault_with(FaultCode::WrongType, "expected", expected);
    }

    /// A character that may not be here.
    pub(crate) fn forbidden(&mut self, character: char) {
        self.tell(Fault::forbidden(self.at.clone(), character));
    }

    /// A fault that was made elsewhere.
    pub(crate) fn tell(&mut self, fault: Fault) {
        if self.faults.len() < Self::MAX_FAULTS {
            self.faults.push(fault);
        }
    }
}
