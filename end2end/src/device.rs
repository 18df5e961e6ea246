//! The clients that pages are opened in (reference: DingTalk 4.9, the user agents seen in the field).

/// One kind of client.
#[derive(Clone, Copy, Debug)]
pub struct Device {
    /// As a word of a file name.
    pub name: &'static str,
    pub width: u32,
    pub height: u32,
    /// Pixels of the screen per pixel of the page.
    pub scale: u32,
    pub mobile: bool,
    pub user_agent: &'static str,
    pub language: &'static str,
    /// DingTalk's PC client tells pages about itself by the window's name.
    pub container: bool,
    /// No WebAssembly: the page stays as the server drew it.
    pub old: bool,
}

/// DingTalk on Android.
pub const PHONE: Device = Device {
    name: "phone",
    width: 390,
    height: 844,
    scale: 2,
    mobile: true,
    user_agent: "Mozilla/5.0 (Linux; U; Android 14; zh-CN; 23116PN5BC Build/UKQ1.230804.001) AppleWebKit/537.36 (KHTML, \
                 like Gecko) Version/4.0 Chrome/100.0.4896.58 UWS/5.6.0.9 Mobile Safari/537.36 AliApp(DingTalk/7.1.16) \
                 com.alibaba.android.rimet/33798650 Channel/700159 language/zh-CN abi/64 xpn/xiaomi UT4Aplus/0.2.25 \
                 colorScheme/light",
    language: "zh-CN,zh;q=0.9",
    container: false,
    old: false,
};

/// DingTalk on Windows.
pub const PC: Device = Device {
    name: "pc",
    width: 1280,
    height: 800,
    scale: 1,
    mobile: false,
    user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/108.0.5359.125 Safari/537.36 dingtalk-win/1.0.0 nw(0.14.7) DingTalk(7.8.10-Release.250724002) \
                 Mojo/1.0.0 Native AppType(release) Channel/201200 Architecture/x86_64",
    language: "zh-CN,zh;q=0.9",
    container: true,
    old: false,
};

/// DingTalk 7.0 on Android, whose engine cannot run today's WebAssembly.
pub const OLD_PHONE: Device = Device {
    name: "old-phone",
    user_agent: "Mozilla/5.0 (Linux; U; Android 10; zh-CN; V1813A Build/QP1A.190711.020) AppleWebKit/537.36 (KHTML, \
                 like Gecko) Version/4.0 Chrome/69.0.3497.100 UWS/3.22.1.249 Mobile Safari/537.36 \
                 AliApp(DingTalk/7.0.0.11) com.alibaba.android.rimet/25971862 Channel/700159 language/zh-CN \
                 UT4Aplus/0.2.25 colorScheme/light",
    old: true,
    ..PHONE
};

/// A browser outside of DingTalk.
pub const OUTSIDE: Device = Device {
    name: "outside",
    user_agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    container: false,
    ..PC
};

/// A client, and whether scripts run in it.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    pub device: Device,
    pub scripts: bool,
}

impl Device {
    /// With scripts.
    pub const fn live(self) -> Way {
        Way { device: self, scripts: true }
    }

    /// Without scripts: forms and links alone.
    pub const fn plain(self) -> Way {
        Way { device: self, scripts: false }
    }
}

impl Way {
    /// Whether pages become live in it.
    pub const fn hydrates(self) -> bool {
        self.scripts && !self.device.old
    }
}
