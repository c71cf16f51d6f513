/// A list that grows without copying what it holds: elements lie in chunks of one size, and only the first one grows. An array that doubles
/// touches every page twice, which was most of the page faults of a long history.
public struct ChunkedList<Element> {
  /// A power of two.
  private static var chunkSize: Int { 1 << 16 }

  private var full: ContiguousArray<ContiguousArray<Element>> = []
  /// The last chunk.
  private var open: ContiguousArray<Element> = []

  public init() {}

  public mutating func append(_ element: Element) {
    if open.count == Self.chunkSize { closeChunk() }
    open.append(element)
  }

  private mutating func closeChunk() {
    full.append(open)
    open = []
    open.reserveCapacity(Self.chunkSize)
  }

  /// Calls `body` with the elements at these places, chunk by chunk, without a copy.
  func forEachSlice(at places: Range<Int>, _ body: (ArraySlice<Element>) -> Void) {
    var place = places.lowerBound
    while place < places.upperBound {
      let number = place / Self.chunkSize, first = place % Self.chunkSize
      let chunk = number < full.count ? full[number] : open
      let end = Swift.min(chunk.count, first + places.upperBound - place)
      body(chunk[first..<end])
      place += end - first
    }
  }
}

extension ChunkedList: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { full.count * Self.chunkSize + open.count }

  public subscript(place: Int) -> Element {
    let chunk = place / Self.chunkSize
    return chunk < full.count ? full[chunk][place % Self.chunkSize] : open[place % Self.chunkSize]
  }

  public func makeIterator() -> Iterator { Iterator(full: full, open: open) }

  public struct Iterator: IteratorProtocol {
    private let full: ContiguousArray<ContiguousArray<Element>>
    private let open: ContiguousArray<Element>
    private var chunk: ContiguousArray<Element>
    private var number = 0
    private var place = 0

    fileprivate init(full: ContiguousArray<ContiguousArray<Element>>, open: ContiguousArray<Element>) {
      self.full = full
      self.open = open
      chunk = full.first ?? open
    }

    @inline(__always)
    public mutating func next() -> Element? {
      if place == chunk.count, !openNextChunk() { return nil }
      defer { place += 1 }
      return chunk[place]
    }

    private mutating func openNextChunk() -> Bool {
      guard number < full.count else { return false }
      number += 1
      chunk = number < full.count ? full[number] : open
      place = 0
      return !chunk.isEmpty
    }
  }
}

extension ChunkedList: Sendable where Element: Sendable {}
extension ChunkedList: Equatable where Element: Equatable {}
