import Live
import Primitives
import Trials

extension RealRun {
  /// The cluster that is made for the run.
  ///
  /// - Parameter firstPort: of the first broker; zero lets every listener take any free port.
  func settingsOfNodes(firstPort: Int32) throws(ConfigurationError) -> LiveClusterSettings {
    try LiveClusterSettings(
      brokerCount: brokerCount, controllers: isCombined ? .combined : .separate(controllerCount), firstPort: firstPort, values: clusterSettings)
  }
}
