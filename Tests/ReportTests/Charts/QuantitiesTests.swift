import Testing

@testable import Report

@Suite struct QuantitiesTests {
  @Test(arguments: [
    (0, "0 ms"), (0.000_5, "0.5 µs"), (0.85, "850 µs"), (0.999_7, "1 ms"), (1.25, "1.25 ms"), (12.04, "12 ms"), (999.7, "1 s"), (12_345, "12.3 s"),
  ])
  func timesTakeTheUnitInWhichTheyAreShort(milliseconds: Double, text: String) { #expect(timeText(milliseconds: milliseconds) == text) }

  @Test(arguments: [(0, "0"), (12, "12"), (999.7, "1k"), (1_200, "1.2k"), (200_000, "200k"), (1_500_000, "1.5M"), (2_000_000_000, "2G")])
  func countsAreShort(count: Double, text: String) { #expect(countText(count) == text) }

  @Test(arguments: [(100, "100 B"), (16_384, "16 KiB"), (1_572_864, "1.5 MiB")])
  func bytesCountByPowersOfTwo(bytes: Double, text: String) { #expect(bytesText(bytes) == text) }

  @Test func aSettingIsNamedWithItsUnit() {
    let phrases = [
      ("linger.ms", "5"), ("batch.size", "131072"), ("compression.type", "lz4"), ("compression.type", "none"), ("acks", "all"), ("workload.0.produce.config.linger.ms", "0"),
    ].map { ChosenSetting(key: $0.0, value: $0.1).phrase }
    #expect(phrases == ["linger 5 ms", "batch 128 KiB", "lz4", "no compression", "acks=all", "linger 0 ms"])
  }

  @Test func rowsAreNamedByWhatDiffersBetweenThem() {
    #expect(RowNames(SampleBench.acks).names == ["acks=0", "acks=1", "acks=all"])
    #expect(RowNames(SampleBench.matrix)[1] == "acks=0, no compression, linger 0 ms, batch 128 KiB")
    #expect(RowNames(SampleBench.fault).names == ["fault-during-load"])
    #expect(Set(RowNames(SampleBench.matrix).names).count == 36)
  }
}
