//! Thousands of changes in two bytes each: every change falls into a bucket by the first bits of its
//! hash, and leaves two more bytes there, its trace. A trace only finds candidates in a plan; that a
//! bucket's candidates are the changes that were shown is proven by one hash over all of them: a whole one, as
//! whoever proposes two pull requests chooses both sides. What cannot be proven counts for nothing.

use std::collections::BTreeMap;

use crate::model::hash::ContentHash;

use super::hashes::over;

/// So many changes fall into one bucket, at most, on average.
const FULL: usize = 64;
/// Bytes of a bucket's proof.
const PROOF: usize = 16;
/// Candidates that leave the same trace are told apart by trying, so often for one bucket.
const TRIES: usize = 256;

/// Changes by bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buckets {
    /// So many bits of a hash say which bucket; at most 16.
    bits: u8,
    /// All of them, in order.
    buckets: Vec<Bucket>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Bucket {
    /// Sorted; one for each change.
    traces: Vec<u16>,
    /// Over the whole hashes of all of them.
    proof: ContentHash,
}

impl Buckets {
    /// None where a bucket has no room for its changes, as no luck makes it.
    pub(super) fn of(hashes: &[ContentHash]) -> Option<Self> {
        let wanted = hashes.len().div_ceil(FULL).next_power_of_two();
        let bits = u8::try_from(wanted.trailing_zeros())
            .ok()
            .filter(|bits| *bits <= 16)?;
        let buckets = apart(bits, hashes).into_iter().map(|hashes| {
            let mut traces: Vec<u16> = hashes.iter().map(trace).collect();
            traces.sort_unstable();
            u8::try_from(traces.len()).ok()?;
            let proof = over(&hashes);
            Some(Bucket { traces, proof })
        });
        let buckets = buckets.collect::<Option<_>>()?;
        Some(Self { bits, buckets })
    }

    /// How many changes there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.buckets.iter().map(|bucket| bucket.traces.len()).sum()
    }

    /// Bytes that they take.
    pub(super) fn bytes(&self) -> usize {
        1 + self.buckets.iter().map(Bucket::bytes).sum::<usize>()
    }

    /// Those of a plan's changes that are among these, bucket by bucket.
    #[must_use]
    pub fn among(&self, plan: &[ContentHash]) -> Vec<ContentHash> {
        let buckets = self.buckets.iter().zip(apart(self.bits, plan));
        buckets
            .flat_map(|(bucket, hashes)| bucket.among(&hashes))
            .collect()
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let mut bytes = vec![self.bits];
        for bucket in &self.buckets {
            // Of more nothing was made.
            bytes.push(u8::try_from(bucket.traces.len()).unwrap_or(u8::MAX));
            for trace in &bucket.traces {
                bytes.extend(trace.to_be_bytes());
            }
            if !bucket.traces.is_empty() {
                bytes.extend(bucket.proof.0);
            }
        }
        bytes
    }

    /// None where the bytes are not to the last one what [`Self::write`] makes.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (&bits, mut rest) = bytes.split_first()?;
        if bits > 16 {
            return None;
        }
        let mut buckets = Vec::new();
        for _ in 0..1_u32 << bits {
            let (&count, after) = rest.split_first()?;
            let (traces, after) = after.split_at_checked(usize::from(count) * 2)?;
            let (traces, _) = traces.as_chunks::<2>();
            let traces: Vec<u16> = traces
                .iter()
                .map(|pair| u16::from_be_bytes(*pair))
                .collect();
            let (proof, after) = match count {
                0 => (over(&[]), after),
                _ => {
                    let (proof, after) = after.split_first_chunk::<PROOF>()?;
                    (ContentHash(*proof), after)
                }
            };
            buckets.push(Bucket { traces, proof });
            rest = after;
        }
        rest.is_empty().then_some(Self { bits, buckets })
    }
}

impl Bucket {
    fn bytes(&self) -> usize {
        match self.traces.len() {
            0 => 1,
            count => 1 + 2 * count + PROOF,
        }
    }

    /// The changes that were put into it, if they are all here.
    fn among(&self, plan: &[ContentHash]) -> Vec<ContentHash> {
        let mut candidates: BTreeMap<u16, Vec<ContentHash>> = BTreeMap::new();
        for hash in plan {
            candidates.entry(trace(hash)).or_default().push(*hash);
        }
        let mut wanted: BTreeMap<u16, usize> = BTreeMap::new();
        for trace in &self.traces {
            *wanted.entry(*trace).or_default() += 1;
        }
        let mut sure = Vec::new();
        let mut open: Vec<Vec<ContentHash>> = Vec::new();
        for (trace, count) in wanted {
            let found = candidates.remove(&trace).unwrap_or_default();
            match found.len() {
                len if len == count => sure.extend(found),
                len if len > count && count == 1 => open.push(found),
                // One is not here, or too much alike: it is not worth the search.
                _ => return Vec::new(),
            }
        }
        let tries: usize = open
            .iter()
            .fold(1, |tries, found| tries.saturating_mul(found.len()));
        for at in 0..tries.min(TRIES) {
            let mut left = at;
            let mut tried = sure.clone();
            for found in &open {
                tried.push(found[left % found.len()]);
                left /= found.len();
            }
            if over(&tried) == self.proof {
                return tried;
            }
        }
        Vec::new()
    }
}

/// The hashes of each bucket.
fn apart(bits: u8, hashes: &[ContentHash]) -> Vec<Vec<ContentHash>> {
    let mut buckets = vec![Vec::new(); 1 << bits];
    for hash in hashes {
        let first = u32::from(u16::from_be_bytes([hash.0[0], hash.0[1]]));
        // At most 16 bits, which is as many buckets as there are.
        buckets[(first >> (16 - bits)) as usize].push(*hash);
    }
    buckets
}

fn trace(hash: &ContentHash) -> u16 {
    u16::from_be_bytes([hash.0[2], hash.0[3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(range: std::ops::Range<usize>) -> Vec<ContentHash> {
        range.map(|at| ContentHash::of(&at.to_be_bytes())).collect()
    }

    fn sorted(mut hashes: Vec<ContentHash>) -> Vec<ContentHash> {
        hashes.sort_unstable();
        hashes
    }

    #[test]
    fn changes_are_found_again_among_others() {
        for count in [0, 1, 64, 2_500, 12_000] {
            let shown = hashes(0..count);
            let buckets = Buckets::of(&shown).unwrap();
            assert_eq!(buckets.count(), count);
            let bytes = buckets.write();
            assert_eq!(bytes.len(), buckets.bytes());
            let most = 3 * count + PROOF + 2;
            assert!(bytes.len() <= most, "{} {count}", bytes.len());
            let back = Buckets::read(&bytes).unwrap();
            assert_eq!(back, buckets);
            let found = back.among(&hashes(0..count + 15_000));
            assert_eq!(sorted(found), sorted(shown), "{count}");
        }
    }

    #[test]
    fn what_is_missing_takes_its_bucket_with_it_and_no_other() {
        let shown = hashes(0..2_000);
        let buckets = Buckets::of(&shown).unwrap();
        let found = buckets.among(&shown[1..]);
        assert!(
            found.len() > 1_850 && found.len() < 2_000,
            "{}",
            found.len()
        );
        assert!(found.iter().all(|hash| shown.contains(hash)));
    }

    /// Whoever can make changes whose first four bytes are those of what was shown gains nothing.
    #[test]
    fn a_change_that_leaves_the_same_trace_is_not_taken_for_another() {
        let shown = hashes(0..100);
        let buckets = Buckets::of(&shown).unwrap();
        let forged: Vec<ContentHash> = shown
            .iter()
            .map(|hash| {
                let mut bytes = hash.0;
                bytes[4] ^= 1;
                ContentHash(bytes)
            })
            .collect();
        assert_eq!(buckets.among(&forged), []);
        let mut mixed = shown[..99].to_vec();
        mixed.extend(&forged[99..]);
        let found = buckets.among(&mixed);
        assert!(!found.contains(&forged[99]) && found.len() < 99);
        // Beside the true ones they are told apart, as long as they are few.
        let mut both = shown.clone();
        both.extend(&forged[..5]);
        assert_eq!(sorted(buckets.among(&both)), sorted(shown));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(0_u8..=255, 0..200), bits in 0_u8..4) {
            let mut bytes = bytes;
            bytes.insert(0, bits);
            if let Some(read) = Buckets::read(&bytes) {
                proptest::prop_assert_eq!(read.bytes(), bytes.len());
                let _ = read.among(&hashes(0..50));
            }
        }
    }
}
