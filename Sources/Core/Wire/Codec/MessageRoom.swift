/// A message that is read or written over and over: the next one takes the room of the last, so that none is allocated.
///
/// A class, so that the message stays where it is: most of them are larger than what it takes to read one.
public final class MessageRoom<Content: Message> {
  private var content = Content()
  private var version = Content.validVersions.lowerBound
  private var isInUse = false

  public init() {}

  /// Runs `body` with a message to read one of a version over, which must not hold on to records afterwards. Where `body` comes to use this room as well, that
  /// one gets a new message.
  @inline(__always)
  public func use<Result>(for version: Int16, _ body: (inout Content) -> Result) -> Result {
    if isInUse {
      var other = Content()
      return body(&other)
    }
    if version != self.version {
      content = Content()
      self.version = version
    }
    isInUse = true
    defer { isInUse = false }
    return body(&content)
  }
}
