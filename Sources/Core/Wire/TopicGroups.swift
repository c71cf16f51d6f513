// Requests and responses about partitions hold one element for each topic, and the topic's partitions in it.

extension Array where Element: Structure {
  /// The place of the element for a topic, which comes to stand last where there is none yet.
  @inlinable
  public mutating func group(where isMeant: (Element) -> Bool, or element: @autoclosure () -> Element) -> Int {
    if let index = lastIndex(where: isMeant) { return index }
    append(element())
    return count - 1
  }

  /// The same, but only the last element counts: partitions stay in the order in which they come, and a topic may have several elements.
  @inlinable
  public mutating func lastGroup(where isMeant: (Element) -> Bool, or element: @autoclosure () -> Element) -> Int {
    if !isEmpty, isMeant(self[count - 1]) { return count - 1 }
    append(element())
    return count - 1
  }
}
