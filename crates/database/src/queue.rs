use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

/// Which units go first when several wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// Before all else: what ends somebody's access.
    Security,
    /// In order.
    Ordinary,
    /// When nothing else waits: pieces of long work, such as an import.
    Background,
}

/// A bounded queue with a lane for each priority.
pub(crate) struct Queue<T> {
    lanes: Mutex<Lanes<T>>,
    filled: Condvar,
    capacity: usize,
}

struct Lanes<T> {
    by_priority: [VecDeque<T>; 3],
    closed: bool,
}

impl<T> Queue<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        let lanes = Lanes { by_priority: Default::default(), closed: false };
        Self { lanes: Mutex::new(lanes), filled: Condvar::new(), capacity }
    }

    /// Adds to the queue; gives the item back when its lane is full or the queue closed.
    pub(crate) fn push(&self, item: T, priority: Priority) -> Result<(), T> {
        let mut lanes = self.lock();
        let closed = lanes.closed;
        let lane = &mut lanes.by_priority[priority as usize];
        if lane.len() >= self.capacity || closed {
            return Err(item);
        }
        lane.push_back(item);
        drop(lanes);
        self.filled.notify_one();
        Ok(())
    }

    /// Waits for the next item; `None` once the queue is closed and empty.
    pub(crate) fn pop(&self) -> Option<T> {
        let mut lanes = self.lock();
        loop {
            if let Some(item) = lanes.by_priority.iter_mut().find_map(VecDeque::pop_front) {
                return Some(item);
            }
            if lanes.closed {
                return None;
            }
            lanes = self.filled.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next item that does not wait in the background, if there is one.
    pub(crate) fn try_pop(&self) -> Option<T> {
        self.lock().urgent().find_map(VecDeque::pop_front)
    }

    /// Takes no more; what is queued is still given out.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    /// How many items wait.
    pub(crate) fn len(&self) -> usize {
        self.lock().by_priority.iter().map(VecDeque::len).sum()
    }

    /// Whether anything waits that does not do so in the background.
    pub(crate) fn is_urgent(&self) -> bool {
        self.lock().urgent().any(|lane| !lane.is_empty())
    }

    fn lock(&self) -> MutexGuard<'_, Lanes<T>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Lanes<T> {
    fn urgent(&mut self) -> impl Iterator<Item = &mut VecDeque<T>> {
        self.by_priority[..Priority::Background as usize].iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::{Priority::*, *};

    #[test]
    fn the_priority_decides_and_a_full_lane_refuses() {
        let queue = Queue::new(2);
        queue.push(1, Background).unwrap();
        queue.push(2, Ordinary).unwrap();
        queue.push(3, Ordinary).unwrap();
        assert_eq!(queue.push(4, Ordinary), Err(4));
        queue.push(5, Security).unwrap();
        queue.close();
        assert_eq!(queue.push(6, Security), Err(6));
        assert_eq!(queue.len(), 4);
        assert_eq!(std::iter::from_fn(|| queue.try_pop()).collect::<Vec<_>>(), [5, 2, 3]);
        assert!(!queue.is_urgent());
        assert_eq!(queue.pop(), Some(1));
        assert_eq!(queue.pop(), None);
    }
}
