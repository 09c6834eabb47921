using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.SignalR;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LimoCha.Bench;

/// <summary>The same bearer tokens for the baselines as the product checks: HS256, validated on every request.</summary>
internal static class Identity
{
    private static readonly SymmetricSecurityKey Key = new(Encoding.UTF8.GetBytes("a key for measuring only, 32 bytes+"));

    public static void AddBenchIdentity(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IUserIdProvider, UserIds>();
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters = new() { ValidIssuer = "bench", ValidAudience = "bench", IssuerSigningKey = Key, NameClaimType = "sub" };
            options.Events = new()
            {
                OnMessageReceived = context =>
                {
                    if (context.Request.Query["access_token"].ToString() is { Length: > 0 } token)
                    {
                        context.Token = token;
                    }

                    return Task.CompletedTask;
                },
            };
        });
    }

    /// <summary>Tokens for the load generator: GET /bench/users?count=N.</summary>
    public static void MapBenchUsers(this WebApplication app) => app.MapGet("/bench/users", (int count) =>
        Enumerable.Range(0, count).Select(i => new BenchUser(UserId(i), Token(UserId(i)))));

    public static Guid UserId(int i) => new($"01900000-0000-7000-8000-{i:D12}");

    private static string Token(Guid user) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = "bench", Audience = "bench", Expires = DateTime.UtcNow.AddHours(4), Subject = new([new Claim("sub", user.ToString()), new Claim("sid", user.ToString()), new Claim("role", "Admin")]),
        SigningCredentials = new(Key, SecurityAlgorithms.HmacSha256),
    });

    private sealed class UserIds : IUserIdProvider
    {
        public string? GetUserId(HubConnectionContext connection) => connection.User.FindFirstValue("sub");
    }
}

public sealed record BenchUser(Guid Id, string Token);

public sealed record NewTask(string Title, Guid AssigneeId, string? Description);

public sealed record Card(Guid Id, string Kind, int Version, string Title, string? Body, DateTimeOffset At, object Data);

public sealed record CardRef(Guid Id, int Version);
