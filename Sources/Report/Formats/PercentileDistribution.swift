import Measurement
import Primitives
import Workloads

/// `.hgrm` files: the format of HdrHistogram's plotters, in milliseconds.
public enum PercentileDistribution {
  /// The latency of acknowledged records intended for the window, from the intended time on.
  public static func publish(_ input: MeasurementInput) -> String {
    var histogram = LatencyHistogram()
    for record in input.log.records where record.batch >= 0 && input.window.contains(record.intended) {
      let batch = input.log.batches[Int(record.batch)]
      if batch.outcome == .acknowledged { histogram.record(batch.finished - record.intended) }
    }
    return histogram.percentileDistribution
  }

  /// The latency of records intended for the window, from the intended time to the first delivery to each group.
  public static func endToEnd(_ input: MeasurementInput) -> String {
    var histogram = LatencyHistogram()
    let index = LoadIndex(input.log, groups: input.groups)
    index.forEachDelivery { number, _, record, isFirst in
      let intended = input.log.records[record].intended
      if isFirst, input.window.contains(intended) { histogram.record(input.log.deliveries[number].at - intended) }
    }
    return histogram.percentileDistribution
  }
}
