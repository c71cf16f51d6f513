import Primitives
import Testing

/// The values are those of the reference implementation (xxHash 0.8.3), one for each way that a length takes and for both ends of it.
@Suite struct XXH3Tests {
  @Test(arguments: [
    (0, 0x2d06_8005_38d3_94c2), (1, 0x13e6_08bc_156d_efed), (2, 0x1c90_74b9_3943_b86c), (3, 0xa908_8dda_485b_481c), (4, 0x6d92_53b1_6c8b_1ed3),
    (7, 0x8e82_91ad_8912_7e2e), (8, 0x6053_9db6_3047_1163), (9, 0xfeff_6683_61d7_23a8), (15, 0x9ec1_69f4_a982_31c1), (16, 0xb8c8_59b0_f030_b585),
    (17, 0x714a_0440_8e79_b80f), (33, 0x3e44_983a_d216_79c8), (64, 0x287e_b1fa_9e4b_e2c1), (65, 0x8292_18de_4d79_8646), (100, 0xb593_7857_f0d7_8c9f),
    (128, 0x6742_5a03_6502_61bf), (129, 0xc664_bf33_11c6_abc4), (160, 0xd70d_ea8d_e694_b883), (200, 0x746c_d002_5327_bf5b),
    (240, 0x6455_6dc6_b462_a6cf), (241, 0x8bea_dd3a_8874_fe17), (300, 0xfd9a_a0f0_d62e_0227), (1024, 0x9b81_661c_641c_72b1),
    (1025, 0x806c_2072_ed71_3576), (1200, 0x2444_38a5_2635_ef83), (2000, 0x71f8_268c_6d85_6c4a),
  ] as [(Int, UInt64)])
  func `A hash is that of the reference implementation`(length: Int, hash: UInt64) {
    #expect(XXH3.hash((0..<length).map { UInt8(truncatingIfNeeded: 7 * $0 + 3) }) == hash)
  }
}
