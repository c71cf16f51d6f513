// Measures how fast messages are written and read, and record batches are built and read, in bytes per second of this process's CPU time (not of
// the wall clock: other work on the machine does not count). Every figure is the best of several runs.
//
//     scripts/build-release codec-benchmark && .build/release/codec-benchmark

let rounds = 7

print(table("Batches without compression", [uncompressed(recordSize: 100, count: 150), uncompressed(recordSize: 1024, count: 16)].flatMap { $0 }))
print(table("Compression of 16 KiB of text, contexts reused", compressed(size: 16 << 10)))
print(table("Compression of 1 KiB of text, contexts reused", compressed(size: 1 << 10)))
print(table("Messages", messages()))
