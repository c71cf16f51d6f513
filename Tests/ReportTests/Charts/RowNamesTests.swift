import ResultSamples
import Results
import Testing

@testable import Report

@Suite struct RowNamesTests {
  @Test func `A setting is named with its unit`() {
    let phrases = [
      ("linger.ms", "5"), ("batch.size", "131072"), ("compression.type", "lz4"), ("compression.type", "none"), ("acks", "all"), ("workload.0.produce.config.linger.ms", "0"),
    ].map { ChosenSetting(key: $0.0, value: $0.1).phrase }
    #expect(phrases == ["linger 5 ms", "batch 128 KiB", "lz4", "no compression", "acks=all", "linger 0 ms"])
  }

  @Test func `Rows are named by what differs between them`() {
    #expect(RowNames(SampleBench.acks).names == ["acks=0", "acks=1", "acks=all"])
    #expect(RowNames(SampleBench.matrix)[1] == "acks=0, no compression, linger 0 ms, batch 128 KiB")
    #expect(RowNames(SampleBench.fault).names == ["fault-during-load"])
    #expect(Set(RowNames(SampleBench.matrix).names).count == 36)
  }
}
