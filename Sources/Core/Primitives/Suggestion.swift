/// The remedy in an error about an unknown name: the candidate that was probably meant; if none is near, `advice`, or the list of all candidates.
public func suggestion(for name: String, among candidates: some Collection<String>, or advice: @autoclosure () -> String? = nil) -> String {
  nearestName(to: name, among: candidates).map(didYouMean) ?? advice() ?? "Known: \(candidates.joined(separator: ", "))."
}

public func didYouMean(_ name: String) -> String { "Did you mean '\(name)'?" }

/// The candidate with the smallest edit distance, the earlier one if two are equally near; nil if more than a third of the letters
/// would have to change.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
  let most = max(2, name.utf8.count / 3)
  var nearest: (name: String, distance: Int)?
  // The lengths alone may differ by too much: this avoids comparing a megabyte letter by letter.
  for candidate in candidates where abs(candidate.utf8.count - name.utf8.count) <= most {
    let distance = editDistance(Array(name.utf8), Array(candidate.utf8))
    if distance < nearest?.distance ?? .max { nearest = (candidate, distance) }
  }
  guard let nearest, nearest.distance <= most else { return nil }
  return nearest.name
}

/// Levenshtein distance: how many letters must be inserted, removed or replaced.
func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  var row = Array(0...right.count)
  for (i, letter) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in right.enumerated() {
      let replaced = diagonal + (letter == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
    }
  }
  return row[right.count]
}
