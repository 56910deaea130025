use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

/// A bounded queue with two lanes: what is `first` is taken before all else.
pub(crate) struct Queue<T> {
    lanes: Mutex<Lanes<T>>,
    filled: Condvar,
    capacity: usize,
}

struct Lanes<T> {
    first: VecDeque<T>,
    ordinary: VecDeque<T>,
    closed: bool,
}

impl<T> Queue<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        let lanes = Lanes { first: VecDeque::new(), ordinary: VecDeque::new(), closed: false };
        Self { lanes: Mutex::new(lanes), filled: Condvar::new(), capacity }
    }

    /// Adds to the queue; gives the item back when it is full or closed.
    pub(crate) fn push(&self, item: T, first: bool) -> Result<(), T> {
        let mut lanes = self.lock();
        let lane = if first { &mut lanes.first } else { &mut lanes.ordinary };
        if lane.len() >= self.capacity || lanes.closed {
            return Err(item);
        }
        let lane = if first { &mut lanes.first } else { &mut lanes.ordinary };
        lane.push_back(item);
        drop(lanes);
        self.filled.notify_one();
        Ok(())
    }

    /// Waits for the next item; `None` once the queue is closed and empty.
    pub(crate) fn pop(&self) -> Option<T> {
        let mut lanes = self.lock();
        loop {
            if let Some(item) = lanes.next() {
                return Some(item);
            }
            if lanes.closed {
                return None;
            }
            lanes = self.filled.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next item, if one is waiting.
    pub(crate) fn try_pop(&self) -> Option<T> {
        self.lock().next()
    }

    /// Takes no more; what is queued is still given out.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    /// How many items wait.
    pub(crate) fn len(&self) -> usize {
        let lanes = self.lock();
        lanes.first.len() + lanes.ordinary.len()
    }

    fn lock(&self) -> MutexGuard<'_, Lanes<T>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Lanes<T> {
    fn next(&mut self) -> Option<T> {
        self.first.pop_front().or_else(|| self.ordinary.pop_front())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_goes_first_and_a_full_lane_refuses() {
        let queue = Queue::new(2);
        queue.push(1, false).unwrap();
        queue.push(2, false).unwrap();
        assert_eq!(queue.push(3, false), Err(3));
        queue.push(4, true).unwrap();
        queue.close();
        assert_eq!(queue.push(5, true), Err(5));
        assert_eq!(std::iter::from_fn(|| queue.pop()).collect::<Vec<_>>(), [4, 1, 2]);
    }
}
