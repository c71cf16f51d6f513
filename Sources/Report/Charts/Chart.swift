/// A picture's plan: what it shows, and the gnuplot commands that draw it on any terminal.
///
/// The plan depends on the report alone: the same report gives the same commands, and on one version of gnuplot the same bytes.
public struct Chart: Sendable, Equatable {
  /// Of its files, without an ending: `latency-by-percentile`.
  public private(set) var name: String
  public let title: String
  /// What there is to see, for those who read and do not look.
  public let description: String
  /// In pixels, at the size at which a README shows it.
  public let width: Int
  public let height: Int
  /// gnuplot commands: data blocks first, then one plot for each panel.
  public let script: String
  /// What the parts of the drawing are, in its order: shown where one points at them.
  let curveTitles: [String]

  init(name: String, title: String, description: String, drawing: Drawing) {
    self.name = name
    self.title = title
    self.description = description
    self.width = drawing.width
    self.height = drawing.height
    self.script = drawing.script
    self.curveTitles = drawing.curveTitles
  }

  func named(_ prefix: String) -> Chart {
    var chart = self
    chart.name = prefix + name
    return chart
  }
}
