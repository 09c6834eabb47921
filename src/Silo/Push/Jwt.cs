using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace LimoCha.Actors.Push;

/// <summary>Signs the short tokens that vendors ask for (RFC 7515, compact form).</summary>
internal static class Jwt
{
    public static string Sign<THeader, TClaims>(THeader header, TClaims claims, Func<byte[], byte[]> sign)
    {
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode<T>(T part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
}
