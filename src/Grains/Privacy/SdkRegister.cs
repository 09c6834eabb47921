namespace LimoCha.Actors.Privacy;

/// <summary>A third party's SDK in the mobile apps (D5).</summary>
/// <param name="Name">In Chinese, as the policy names it.</param>
/// <param name="NameEn">In English.</param>
/// <param name="Purpose">What it is used for, in Chinese.</param>
/// <param name="PurposeEn">What it is used for, in English.</param>
/// <param name="PolicyUrl">The provider's own policy.</param>
[NotPersonal]
public sealed record RegisteredSdk(string Name, string NameEn, string Purpose, string PurposeEn, Uri PolicyUrl);

/// <summary>The register of third-party SDKs, from section IX of the policy.</summary>
public static class SdkRegister
{
    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<RegisteredSdk> All =
    [
        new("微信分享", "WeChat share", "用户文章或其他图片视频资源分享到微信平台", "Sharing articles, pictures and videos to WeChat", new("https://support.weixin.qq.com/cgi-bin/mmsupportacctnodeweb-bin/pages/RYiYJkLOrQwu0nb8")),
        new("高德地图API", "AMap API", "打卡签到", "Check-in sign-in", new("https://lbs.amap.com/pages/privacy/")),
        new("bugly", "Bugly", "崩溃、异常统计和日志排查", "Statistics of crashes and exceptions, diagnosis", new("http://bugly.qq.com/v2/contract")),
        new("腾讯TBS", "Tencent TBS", "内部文件浏览", "Viewing internal files", new("https://x5.tencent.com/tbs/guide/develop.html")),
        new("腾讯X5", "Tencent X5", "内部部分H5网页浏览", "Viewing internal H5 pages", new("https://x5.tencent.com/tbs/guide/develop.html")),
    ];
}
