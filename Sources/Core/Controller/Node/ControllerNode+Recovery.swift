import Host
import Primitives
import Transport
import Wire

extension ControllerNode {
  /// Finds leaders by the contents of the logs, if nothing else determines them.
  func surveyLogs() {
    guard let state, survey == nil, surveyTimer == nil else { return }
    let partitions = state.unrecoveredPartitions()
    guard !partitions.isEmpty else { return }
    let survey = LogSurvey(partitions)
    self.survey = survey
    for broker in survey.brokers {
      guard let address = state.image.broker(broker)?.address else { continue }
      survey.pending += 1
      surveyor.send(survey.request(to: broker), to: address, timeout: Self.surveyTimeout) { [unowned self] result in
        guard self.survey === survey else { return }
        if case .success(let response) = result { survey.add(response, of: broker) }
        survey.pending -= 1
        if survey.pending == 0 { conclude(survey) }
      }
    }
    if survey.pending == 0 { self.survey = nil }
  }

  private func conclude(_ survey: LogSurvey) {
    self.survey = nil
    guard let state else { return }
    let records = survey.partitions.compactMap { partition in
      survey.mostComplete(of: partition).flatMap { state.elect($0, of: partition) }
    }
    if !records.isEmpty { commit(records) { _ in } }
    // Brokers that did not answer, or do not know their replica yet, are asked again.
    surveyTimer = reactor.after(Self.surveyBackoff) { [unowned self] in
      surveyTimer = nil
      surveyLogs()
    }
  }

  func endSurvey() {
    survey = nil
    reactor.cancel(surveyTimer)
    surveyTimer = nil
  }

  private static let surveyTimeout = Duration.seconds(5)
  private static let surveyBackoff = Duration.milliseconds(500)
}
