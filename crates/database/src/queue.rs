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
    /// When nothing else waits, or much went before: pieces of long work, such as an import.
    Background,
}

/// So many go before what waits in the background; then it is its turn.
const MOST_BEFORE: u32 = 1000;

/// A bounded queue with a lane for each priority.
pub(crate) struct Queue<T> {
    lanes: Mutex<Lanes<T>>,
    filled: Condvar,
    capacity: usize,
}

struct Lanes<T> {
    by_priority: [VecDeque<T>; 3],
    /// How many went before what waits in the background.
    before: u32,
    closed: bool,
}

impl<T> Queue<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        let lanes = Lanes { by_priority: Default::default(), before: 0, closed: false };
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
            if let Some(item) = lanes.next_urgent().or_else(|| lanes.next_in_background()) {
                return Some(item);
            }
            if lanes.closed {
                return None;
            }
            lanes = self.filled.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next item that does not wait in the background, if there is one and it is not the turn of these.
    pub(crate) fn try_pop(&self) -> Option<T> {
        self.lock().next_urgent()
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
        let lanes = self.lock();
        let [security, ordinary, _] = &lanes.by_priority;
        !security.is_empty() || !ordinary.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Lanes<T>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Lanes<T> {
    fn next_urgent(&mut self) -> Option<T> {
        let [security, ordinary, background] = &mut self.by_priority;
        let is_turn_of_background = self.before >= MOST_BEFORE && !background.is_empty();
        let next = match security.pop_front() {
            None if !is_turn_of_background => ordinary.pop_front(),
            first => first,
        };
        self.before =
            if background.is_empty() { 0 } else { self.before.saturating_add(next.is_some().into()) };
        next
    }

    fn next_in_background(&mut self) -> Option<T> {
        self.before = 0;
        self.by_priority[Priority::Background as usize].pop_front()
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

    #[test]
    fn what_waits_in_the_background_has_its_turn_where_others_never_end() {
        let queue = Queue::new(usize::MAX);
        queue.push(0, Background).unwrap();
        for n in 1..=MOST_BEFORE + 1 {
            queue.push(n, Ordinary).unwrap();
        }
        for n in 1..=MOST_BEFORE {
            assert_eq!(queue.try_pop(), Some(n));
        }
        assert_eq!(queue.try_pop(), None);
        queue.push(u32::MAX, Security).unwrap();
        assert_eq!([queue.pop(), queue.pop(), queue.pop()], [Some(u32::MAX), Some(0), Some(MOST_BEFORE + 1)]);
    }
}
