// Requests and responses about partitions hold one element for each topic, which lists the topic's partitions.

extension Array where Element: Structure {
  /// The index of a topic's element, which is appended if there is none yet.
  @inlinable
  public mutating func group(where isMeant: (Element) -> Bool, or element: @autoclosure () -> Element) -> Int {
    if let index = lastIndex(where: isMeant) { return index }
    append(element())
    return count - 1
  }

  /// As above, but looks only at the last element: partitions keep the order in which they come, and a topic may have several elements.
  @inlinable
  public mutating func lastGroup(where isMeant: (Element) -> Bool, or element: @autoclosure () -> Element) -> Int {
    if !isEmpty, isMeant(self[count - 1]) { return count - 1 }
    append(element())
    return count - 1
  }
}
