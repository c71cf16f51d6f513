/// A message that is read over and over: the next one takes the room of the last, so that none is allocated.
///
/// Whoever reads one takes the message out, and puts it back when all of it was dealt with. Where that comes to read another one meanwhile, it reads that
/// into a new message.
public struct MessageRoom<Content: Message> {
  private var content = Content()
  private var version = Content.validVersions.lowerBound

  public init() {}

  /// A message to read one of a version over.
  public mutating func take(for version: Int16) -> Content {
    var taken = Content()
    if version == self.version { swap(&taken, &content) }
    return taken
  }

  /// Keeps the room of a message that was read. It must not hold on to records.
  public mutating func giveBack(_ content: inout Content, version: Int16) {
    swap(&content, &self.content)
    self.version = version
  }
}
