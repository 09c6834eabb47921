using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Unit.Privacy;

/// <summary>E1: fields at rest.</summary>
public sealed class SealingTests
{
    private static readonly SubjectKey Key = New();

    [Fact]
    public void E1_what_was_sealed_opens_only_with_its_key_in_its_place_and_unchanged() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[0, 1_000]).Sample((plain, at) =>
        {
            var text = Sealing.Seal(Key, "here", plain);
            Sealing.KeyOf(text).Should().Be(Key.Id);
            Sealing.Open(Key, "here", text).Should().Equal(plain);
            Fails(() => Sealing.Open(Key, "there", text));
            Fails(() => Sealing.Open(New(), "here", text));
            var bytes = Convert.FromBase64String(text);
            bytes[17 + at % (bytes.Length - 17)] ^= 1;
            Fails(() => Sealing.Open(Key, "here", Convert.ToBase64String(bytes)));
        }, iter: 300);

    [Fact]
    public void E1_a_states_personal_fields_are_in_the_sealed_part_and_nowhere_else()
    {
        var id = Guid.NewGuid();
        var state = new CustomerState { Made = true, Name = "王芳", Phone = "+8613800138000", Address = "某路1号", Health = "青霉素过敏", BirthDate = new(1990, 5, 1), Company = "某公司", Key = Key };
        var open = JsonSerializer.Serialize(state, StateJson.Options);
        open.Should().Contain("某公司").And.NotContain("王芳").And.NotContain("138001").And.NotContain("某路").And.NotContain("青霉素").And.NotContain("1990-05").And.NotContain(Convert.ToBase64String(Key.Bytes));
        var text = SealedFields<CustomerState>.Seal(state, "customer", id)!;
        Encoding.UTF8.GetString(Convert.FromBase64String(text)).Should().NotContain("王芳");

        var read = JsonSerializer.Deserialize<CustomerState>(open, StateJson.Options)!;
        read.Name.Should().BeNull();
        SealedFields<CustomerState>.Open(read, Key, text, "customer", id);
        (read with { Key = Key }).Should().BeEquivalentTo(state);
    }

    [Fact]
    public void E1_credentials_and_sessions_of_staff_are_sealed()
    {
        var state = new UserState { Made = true, Credentials = new() { PasswordHash = "hash", AuthenticatorKey = "JBSWY3DP" }, Sessions = [new(Guid.NewGuid(), "phone-1", 1, default, default, default)], Key = Key };
        JsonSerializer.Serialize(state, StateJson.Options).Should().NotContain("hash").And.NotContain("JBSWY3DP").And.NotContain("phone-1");
    }

    [Fact]
    public void A_field_of_another_version_survives_beside_the_sealed_ones()
    {
        var read = JsonSerializer.Deserialize<CustomerState>("""{"made":true,"nickname":"x"}""", StateJson.Options)!;
        JsonSerializer.Serialize(read, StateJson.Options).Should().Contain("nickname");
    }

    [Theory]
    [InlineData("王小芳", "小芳", true)]
    [InlineData("王小芳", "芳", true)]
    [InlineData("王小芳", "王芳", false)]
    [InlineData("Anna Smith", "SMITH", true)]
    [InlineData("Anna Smith", "smyth", false)]
    public void A_name_is_found_by_a_part_of_it_without_being_readable(string name, string query, bool found)
    {
        var index = new BlindIndex(Key);
        var tokens = index.Tokens(name)!;
        index.Query(query).All(tokens.Contains).Should().Be(found);
        tokens.Should().MatchRegex("^[0-9a-f ]+$");
        new BlindIndex(New()).Tokens(name).Should().NotBe(tokens);
    }

    [Fact]
    public void Numbers_are_found_whole_or_by_their_last_four()
    {
        var index = new BlindIndex(Key);
        index.PhoneLast4("8000").Should().Be(index.PhoneLast4("+8613800138000")).And.NotBe(index.PhoneLast4("8001"));
        index.Email(" Wang@Example.com ").Should().Be(index.Email("wang@example.com"));
        index.IdentityNumber("11010519491231002x").Should().Be(index.IdentityNumber("11010519491231002X"));
        index.Phone("1").Should().NotBe(index.Email("1"), "each field has its own");
    }

    [Fact]
    public void B8_a_signature_verifies_offline_and_a_changed_payload_does_not()
    {
        var signer = new Signer(New());
        var jws = signer.Sign("""{"a":1}""", "test");
        SigningKeys.Verifies(jws, [signer.PublicKey]).Should().BeTrue();
        SigningKeys.PayloadOf(jws).Should().Be("""{"a":1}""");
        var parts = jws.Split('.');
        SigningKeys.Verifies($"{parts[0]}.{parts[1]}x.{parts[2]}", [signer.PublicKey]).Should().BeFalse();
        SigningKeys.Verifies(jws, [new Signer(New()).PublicKey]).Should().BeFalse();
        SigningKeys.Verifies("not.a.jws", [signer.PublicKey]).Should().BeFalse();
    }

    private static SubjectKey New() => new(Guid.CreateVersion7(), RandomNumberGenerator.GetBytes(SubjectKey.Length));

    private static void Fails(Func<byte[]> open) => open.Should().Throw<CryptographicException>();
}
