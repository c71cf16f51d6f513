import NIOCore
import Primitives

/// Splits a stream into frames in one piece, and again in reads of other sizes. Returns the number of frames.
///
/// For this package's fuzzers: it must return for any bytes. It traps if the reads change the result, or if a frame does not match its length.
///
/// - Parameter reads: the sizes of the reads, repeated as needed. In a read of an odd size, the next frame is refused
///   when it first asks to begin.
package func exerciseFrameAssembler(_ stream: Bytes, reads: [Int], maxFrameSize: Int) -> Int {
  let atOnce = Assembly(stream, reads: [stream.count], maxFrameSize: maxFrameSize)
  let inReads = Assembly(stream, reads: reads, maxFrameSize: maxFrameSize)
  precondition(atOnce.frames == inReads.frames && atOnce.badLength == inReads.badLength, "the same stream in other reads gives other frames")
  var place = 0
  for frame in atOnce.frames {
    precondition(frame == stream[place + 4..<place + 4 + frame.count] && stream.integer(at: place, as: Int32.self) == frame.count, "not the frame that was sent")
    place += 4 + frame.count
  }
  if let length = atOnce.badLength { precondition(length < 0 || length > maxFrameSize, "a length of \(length) is refused") }
  return atOnce.frames.count
}

private struct Assembly {
  private(set) var frames: [Bytes] = []
  private(set) var badLength: Int32?

  init(_ stream: Bytes, reads: [Int], maxFrameSize: Int) {
    var assembler = FrameAssembler(maxFrameSize: maxFrameSize)
    var rest = stream, number = 0
    while !rest.isEmpty {
      let count = min(rest.count, max(1, reads[number % reads.count]))
      var input = ByteBuffer(bytes: rest[..<count].array)
      do throws(FrameAssembler.BadLength) {
        try take(from: &input, &assembler, hesitates: count % 2 == 1)
      } catch {
        badLength = error.length
        return
      }
      rest = rest[count...]
      number += 1
    }
  }

  private mutating func take(from input: inout ByteBuffer, _ assembler: inout FrameAssembler, hesitates: Bool) throws(FrameAssembler.BadLength) {
    var hesitates = hesitates
    while true {
      let mayBegin = !hesitates
      let frame = try assembler.next(from: &input) { _ in mayBegin }
      if let frame { frames.append(frame.joined) }
      if frame == nil, mayBegin {
        precondition(input.readableBytes == 0, "bytes are left of a read")
        return
      }
      hesitates = false
    }
  }
}
