/// What two violations with the same cause have in common: the words of their evidence without what differs from trial to trial, which is names, numbers and times.
public enum EvidenceShape {
  /// Empty if there is no evidence.
  public static func of(_ evidence: String?) -> String {
    (evidence ?? "").split(separator: " ").map { word in word.contains(where: \.isNumber) ? "#" : String(word) }.joined(separator: " ")
  }
}
