/// The encoding of verdicts in results. A guarantee that this build does not know is an error in the file.
extension Verdict: Codable {
  private enum CodingKeys: String, CodingKey { case guarantee, verdict, examined, violations, cases }

  public func encode(to encoder: any Encoder) throws {
    var verdict = encoder.container(keyedBy: CodingKeys.self)
    try verdict.encode(guarantee, forKey: .guarantee)
    try verdict.encode(conclusion, forKey: .verdict)
    try verdict.encode(examined, forKey: .examined)
    try verdict.encode(caseCount, forKey: .violations)
    try verdict.encode(cases, forKey: .cases)
  }

  /// Throws if the conclusion contradicts the counts.
  public init(from decoder: any Decoder) throws {
    let verdict = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try verdict.decode(Guarantee.self, forKey: .guarantee), examined: try verdict.decode(Int.self, forKey: .examined),
      cases: try verdict.decode([String].self, forKey: .cases), caseCount: try verdict.decode(Int.self, forKey: .violations))
    guard examined >= 0, caseCount >= 0 else {
      throw DecodingError.dataCorruptedError(forKey: .examined, in: verdict, debugDescription: "nothing is counted below 0")
    }
    let word = try verdict.decode(Conclusion.self, forKey: .verdict)
    guard word == conclusion else {
      throw DecodingError.dataCorruptedError(
        forKey: .verdict, in: verdict, debugDescription: "'\(word.rawValue)', but \(caseCount) violations among \(examined) examined give '\(conclusion.rawValue)'")
    }
  }
}
