/// Collects answers that come one by one, until all are there.
final class PendingAnswers<Answer> {
  private var answers: [Answer?]
  private var missing: Int
  private let completion: ([Answer]) -> Void

  /// - Parameter completion: Runs once, with the answers in the order of their indexes.
  init(count: Int, _ completion: @escaping ([Answer]) -> Void) {
    answers = Array(repeating: nil, count: count)
    missing = count
    self.completion = completion
    if count == 0 { completion([]) }
  }

  subscript(place: Int) -> Answer? {
    get { answers[place] }
    set {
      guard answers[place] == nil else { return }
      answers[place] = newValue
      missing -= 1
      if missing == 0 { completion(answers.compactMap { $0 }) }
    }
  }
}
