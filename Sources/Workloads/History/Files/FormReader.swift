/// Reads the forms of a file one after another.
protocol FormReader {
  /// The line of the form that was read last, or is being read.
  var line: Int { get }
  /// nil at the end.
  mutating func next() throws -> Form?
}
