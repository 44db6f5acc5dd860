// The closed word classes of conversation-cues.ts in more languages: words that name no subject, and words that ask to change or
// continue an earlier answer. Lower case; scripts without spaces have patterns at the end.

interface FollowUpWords {
  /** Pronouns, auxiliaries, particles, question words, politeness. */
  plain: string
  /** Agreement and hesitation. */
  yes: string
  /** Comparatives, repetition, replacement, "shorter", "instead", "explain". */
  edits: string
  /** "go on", "do it". */
  actions: string
  /** Openings of a turn that continues: "and", "but", "so", "what about". A regular expression. */
  opens: string
}

const FOLLOW_UP_WORDS: Record<string, FollowUpWords> = {
  russian: {
    plain:
      'это этот эта эти то тот та те я ты мы вы он она оно они мне меня тебе тебя нам вам его ее её их мой твой наш ваш не ни как что почему зачем где когда кто какой какая какие ли бы же ещё еще уже очень чуть немного только тоже также все всё для без с со к по на в во из у о об от до за мне пожалуйста можно можешь могу надо нужно есть будет был быть так там тут теперь сейчас такое происходит получается пример примером',
    yes: 'да нет хорошо ладно ок окей понятно ясно отлично супер ага угу точно верно',
    edits:
      'раз короче длиннее проще сложнее лучше подробнее покороче попроще получше больше меньше другой другое другая иначе снова заново опять вместо объясни поясни сократи упрости перефразируй измени исправь добавь убери переделай переформулируй вежливее официальнее мягче понятнее кратко подробно шаг шагам второй первый последний вариант',
    actions: 'продолжай продолжи дальше давай сделай покажи попробуй ещё',
    opens: 'а|и|но|или|тогда|а если|а что если|что насчёт|что насчет',
  },
  ukrainian: {
    plain:
      'це цей ця ці те той та я ти ми ви він вона вони мені мене тобі його її їх не як що чому навіщо де коли хто який яка які чи б ж ще вже дуже трохи тільки теж також все для без з зі до по на в у із о від за будь ласка можна можеш треба є буде так там тут тепер зараз приклад',
    yes: 'так ні добре гаразд зрозуміло чудово ага',
    edits:
      'раз коротше довше простіше краще докладніше більше менше інший інше інакше знову замість поясни скороти спрости зміни виправ додай прибери перероби ввічливіше другий перший останній варіант',
    actions: 'продовжуй продовжи далі давай зроби покажи спробуй',
    opens: 'а|і|й|але|або|тоді|а якщо|що щодо',
  },
  polish: {
    plain:
      'to ten ta te ci ja ty my wy on ona ono oni mi mnie ci cię nam wam go jej ich mój twój nasz nie jak co czemu dlaczego gdzie kiedy kto jaki jaka jakie czy by już jeszcze bardzo trochę tylko też także wszystko dla bez z ze do po na w we od u o proszę można możesz mogę trzeba jest będzie był tak tam tu teraz się przykład przykładem tego tym',
    yes: 'tak nie dobrze dobra okej ok jasne super świetnie rozumiem',
    edits:
      'raz krócej dłużej prościej lepiej krótszy krótsza dłuższy prostszy lepszy więcej mniej inny inna inne inaczej znowu ponownie zamiast wyjaśnij skróć uprość zmień popraw dodaj usuń przerób grzeczniej bardziej formalnie dokładniej drugi pierwszy ostatni wersja wersję',
    actions: 'kontynuuj dalej zrób pokaż spróbuj jeszcze',
    opens: 'ale|albo|więc|a co|a gdyby|a jeśli|a po',
  },
  czech: {
    plain:
      'to ten ta ty ti já ty my vy on ona ono oni mi mě ti tě nám vám ho jí jich můj tvůj náš ne jak co proč kde kdy kdo jaký jaká jaké jestli by už ještě velmi trochu jen taky také všechno pro bez s se do po na v ve od u o prosím můžeš mohu je bude byl tak tam tady teď příklad tomu toho',
    yes: 'ano ne dobře dobrá ok jasně super skvělé rozumím',
    edits:
      'kratší jednou delší jednodušší jednodušeji lepší lépe stručněji více víc méně míň jiný jiná jiné jinak znovu zase místo vysvětli zkrať zjednoduš změň oprav přidej odstraň přepracuj formálněji zdvořileji podrobněji druhý první poslední verze',
    actions: 'pokračuj dál dále udělej ukaž zkus',
    opens: 'ale|nebo|takže|a co|a když|a v',
  },
  turkish: {
    plain:
      'bu şu o ben sen biz siz onlar bana beni sana seni ona onu bize bunu şunu bunun onun değil mi mı mu mü ne neden niye niçin nasıl nerede kim hangi için ile gibi kadar çok biraz az sadece de da ki ve bir daha en lütfen olsun olur olsa oluyor var yok evet şimdi böyle öyle şekilde misin mısın musun müsün edebilir yapabilir olarak örnek peki ya şey',
    yes: 'evet hayır tamam olur peki güzel harika süper anladım',
    edits:
      'kısa kısalt uzun uzat basit basitleştir kolay iyi daha başka farklı tekrar yeniden yerine açıkla değiştir düzelt ekle çıkar resmi samimi kibar ayrıntılı detaylı ikinci birinci sonuncu',
    actions: 'devam et ettir yap göster dene hadi',
    opens: 've|ama|fakat|veya|ya|peki|o zaman|öyleyse',
  },
  vietnamese: {
    plain:
      'này đó kia ấy tôi bạn mình anh em chúng ta nó cho với không có là thì mà gì sao tại vì thế nào đâu khi ai được cũng rất hơi chỉ đã đang sẽ và của ở trong ra vào lên xuống đi nhé nha ạ à hả giúp làm ơn xin một chút cái bản câu vậy như ví dụ lại nữa hơn hay còn phải',
    yes: 'vâng dạ ừ đúng được ok rồi tốt hiểu',
    edits:
      'ngắn dài đơn giản dễ khác lại nữa thay sửa đổi thêm bớt bỏ giải thích tiết trang trọng lịch sự gọn hơn thứ',
    actions: 'tiếp tục làm thử xem đi',
    opens: 'và|nhưng|hoặc|vậy|thế|còn|thế còn|nếu',
  },
  indonesian: {
    plain:
      'ini itu saya aku kamu anda kita kami dia mereka nya tidak bukan apa kenapa mengapa bagaimana gimana di mana kapan siapa yang dan dengan untuk dari ke pada juga sangat agak hanya saja sudah belum akan bisa dapat tolong mohon dong ya lah begitu begini seperti contoh satu jadi kok sih',
    yes: 'ya iya tidak oke baik bagus mantap paham setuju',
    edits:
      'pendek singkat panjang sederhana mudah bagus lebih kurang lagi lain berbeda ulang ulangi ganti ubah tambah tambahkan hapus perbaiki jelaskan detail rinci formal sopan kedua pertama terakhir versi',
    actions: 'lanjut lanjutkan teruskan kerjakan coba tunjukkan',
    opens: 'dan|tapi|tetapi|atau|lalu|kalau|bagaimana dengan|bagaimana kalau|jadi',
  },
  arabic: {
    plain:
      'هذا هذه ذلك تلك أنا أنت انت نحن هو هي هم لي لك لنا له لها لا ما ماذا لماذا ليش كيف أين متى من هل في على إلى الى عن مع بدون قد كان يكون هناك هنا الآن الان أيضا ايضا جدا قليلا فقط كل بعض ممكن يمكن يمكنك أريد اريد من فضلك رجاء لو سمحت كذلك هكذا مثل مثال يحدث بشكل ذلك به بها',
    yes: 'نعم لا حسنا حسناً تمام طيب جيد ممتاز فهمت',
    edits:
      'أقصر اقصر أطول اطول أبسط ابسط أسهل أفضل افضل أكثر اكثر أقل اقل أخرى اخرى آخر اخر مرة ثانية مجددا بدلا اشرح وضح اختصر اختصره اختصرها بسّط بسط غيّر غير صحح أضف اضف احذف رسمي رسمية تفصيلا بالتفصيل الثاني الثانية الأول الأولى الأخير',
    actions: 'أكمل اكمل تابع استمر واصل افعل جرب أرني',
    opens: 'و|ولكن|لكن|أو|إذن|اذن|وماذا|ماذا عن|وإذا|طيب',
  },
  persian: {
    plain:
      'این آن من تو ما شما او آنها ایشان را به از در با برای بدون که چه چرا چطور چگونه کجا کی آیا هم خیلی کمی فقط همه یک است هست بود باشد شود می‌شود میشه لطفا لطفاً کن کنید کنم مثل مثال اینطور هنوز الان حالا',
    yes: 'بله آره نه خیر باشه خوب عالی درست فهمیدم ممنون',
    edits:
      'کوتاه کوتاه‌تر کوتاهتر بلند بلندتر ساده ساده‌تر بهتر بیشتر کمتر دیگر دیگری دوباره باز بجای توضیح بده خلاصه تغییر اصلاح اضافه حذف رسمی رسمی‌تر مودبانه جزئیات دوم اول آخر تر',
    actions: 'ادامه بده برو انجام نشان امتحان',
    opens: 'و|اما|ولی|یا|پس|اگر|درباره',
  },
  hindi: {
    plain:
      'यह ये वह वे मैं तुम आप हम मुझे तुम्हें आपको हमें उसे इसे इसको उसको इस उस का की के को से में पर ने और या नहीं न क्या क्यों कैसे कहाँ कब कौन कौनसा भी बहुत थोड़ा सिर्फ बस है हैं था हो होता होगा रहा रही सकते सकता सकती करो करें कर दो दें दीजिए कीजिए लिए साथ बिना कृपया एक अब तो ऐसा ऐसे वाला वाली उदाहरण ज़रा जरा हुआ',
    yes: 'हाँ हां जी नहीं ठीक अच्छा सही बढ़िया समझ गया',
    edits:
      'छोटा छोटी लंबा सरल आसान बेहतर ज़्यादा ज्यादा और कम दूसरा दूसरी अलग फिर दोबारा बदलो बदल समझाओ समझाइए संक्षिप्त संक्षेप जोड़ो हटाओ सुधारो औपचारिक विस्तार पहला आखिरी',
    actions: 'जारी रखो रखें आगे बढ़ो करो दिखाओ बताओ',
    opens: 'और|लेकिन|पर|या|तो|अगर|फिर',
  },
  korean: {
    plain:
      '이거 그거 저거 이것 그것 이 그 저 나 너 내 네 제 왜 뭐 어떻게 어디 언제 누구 무엇 더 좀 조금 그냥 다 또 잘 안 못 수 것 거 그래 그렇게 이렇게 해줘 해주세요 줘 주세요 해 하면 되나요 될까 돼 있어 없어 예 예를 들어 그런데 근데 지금 이제 왜요 그건 이건',
    yes: '네 예 응 아니 아니요 좋아 좋아요 좋네요 알겠어 알겠습니다 그래 오케이 맞아',
    edits:
      '짧게 길게 쉽게 간단히 간단하게 자세히 자세하게 다르게 다시 다른 말고 대신 바꿔 바꿔줘 고쳐 고쳐줘 줄여 줄여줘 늘려 늘려줘 추가 추가해줘 빼줘 설명해줘 설명해 정중하게 공손하게 첫 두 번째 번째 마지막',
    actions: '계속 계속해 계속해줘 계속해주세요 이어서 진행해 진행해줘 해봐 보여줘',
    opens: '그리고|그런데|근데|하지만|그럼|그러면|만약|또는|아니면',
  },
  swedish_danish_norwegian: {
    plain:
      'det den de dem jag jeg du vi ni han hun hon mig meg dig deg oss os er är var vara være blir inte ikke hur hvordan vad hva hvad varför hvorfor var hvor när når hvem vem och og i på til till för for med utan uden uten av af om som att at en et ett så her här der där nu nå kan kunne skulle vill vil tack takk lite litt lidt mycket mye meget bare bara också også exempel eksempel snälla gerne gjerne',
    yes: 'ja nej nei okej ok bra fint perfekt jo visst forstått fint',
    edits:
      'kortare kortere længere lengre längre enklare enklere bättre bedre mere mindre annan annet andet andre igen istället stedet förklara forklar ändra endre fjern formell formelt formellt artigere detaljert detaljerat andra anden første första sista siste',
    actions: 'fortsätt fortsæt fortsett vidare videre gör gjør visa vis prova prøv',
    opens: 'och|og|men|eller|så|hur är det med|hva med|hvad med|vad sägs om',
  },
  romanian: {
    plain:
      'asta acesta aceasta eu tu noi voi el ea ei ele îmi mă te îți ne vă nu cum ce de de ce unde când cine care pentru cu fără la în din pe și sau un o unul una foarte puțin doar tot toate este e era fi poți pot poate te rog aici acolo acum așa exemplu se întâmplă mai',
    yes: 'da nu bine ok perfect super desigur înțeles',
    edits:
      'încă scurt scurtă simplu simplă puțin mult altă altul diferit iar nou explică schimbă corectează adaugă scoate rescrie formal politicos detaliat doilea primul ultima ultimul',
    actions: 'continuă departe fă arată încearcă',
    opens: 'și|dar|sau|deci|atunci|ce zici de|dacă',
  },
  hungarian: {
    plain:
      'ez az ezt azt én te mi ti ő ők nekem neked engem nem hogy hogyan mi mit miért hol mikor ki melyik és vagy egy nagyon kicsit csak is minden van volt lesz lehet tudod kérlek itt ott most így úgy példa példát a be ki meg',
    yes: 'igen nem jó rendben oké szuper persze értem',
    edits:
      'még egyszer rövidebb rövidebben hosszabb egyszerűbb egyszerűbben több kevesebb más másik újra megint helyett magyarázd változtasd javítsd hozzá töröld hivatalosabb udvariasabb részletesebben második első utolsó',
    actions: 'folytasd tovább csináld mutasd próbáld',
    opens: 'és|vagy|akkor|mi van|mi a helyzet|ha',
  },
  greek: {
    plain:
      'αυτό αυτός αυτή αυτά εγώ εσύ εμείς εσείς μου σου μας σας το τον την τα οι ο η δεν μην πώς πως τι γιατί πού πότε ποιος ποια για με χωρίς σε στο στη από και ή ένα μια πολύ λίγο μόνο επίσης όλα είναι ήταν μπορείς μπορώ παρακαλώ εδώ εκεί τώρα έτσι παράδειγμα να',
    yes: 'ναι όχι εντάξει οκ ωραία τέλεια κατάλαβα',
    edits:
      'σύντομο σύντομα μικρότερο μεγαλύτερο απλά απλό απλούστερο καλύτερο καλύτερα πιο περισσότερο λιγότερο άλλο άλλη διαφορετικά ξανά πάλι αντί εξήγησε άλλαξε διόρθωσε πρόσθεσε αφαίρεσε επίσημο ευγενικά αναλυτικά δεύτερο πρώτο τελευταίο',
    actions: 'συνέχισε συνέχεια προχώρα κάνε δείξε δοκίμασε',
    opens: 'και|αλλά|ή|τότε|λοιπόν|αν|τι λες για',
  },
  hebrew: {
    plain:
      'אחד אחת זה זאת זו אלה אני אתה את אנחנו אתם הוא היא הם לי לך לנו לו לה לא מה למה מדוע איך איפה מתי מי איזה של על אל עם בלי בתוך מן או גם מאוד קצת רק הכל יש אין היה יהיה אפשר תוכל בבקשה כאן שם עכשיו ככה כך דוגמה את קורה',
    yes: 'כן לא טוב בסדר אוקיי מעולה יופי הבנתי',
    edits:
      'עוד קצר קצרה יותר ארוך פשוט פשוטה טוב פחות אחר אחרת שוב במקום תסביר הסבר קצר שנה תקן הוסף תוסיף הסר תקצר רשמי מנומס מפורט שני שנייה ראשון אחרון',
    actions: 'תמשיך המשך הלאה עשה תעשה תראה נסה',
    opens: 'ו|אבל|או|אז|ומה עם|מה עם|אם',
  },
  finnish: {
    plain:
      'se tämä nuo nämä minä sinä me te hän he minulle sinulle sen sitä tätä ei en et miten mitä mikä miksi missä milloin kuka että ja tai yksi hyvin vähän vain myös kaikki on oli voi voitko voisitko kiitos täällä siellä nyt näin noin esimerkki kanssa ilman',
    yes: 'kyllä joo ei okei ok hyvä selvä hienoa',
    edits:
      'lyhyempi lyhyemmin pidempi yksinkertaisempi yksinkertaisemmin parempi enemmän vähemmän toinen uudelleen taas sijaan selitä muuta korjaa lisää poista virallisempi kohteliaammin tarkemmin ensimmäinen viimeinen lyhennä',
    actions: 'jatka eteenpäin tee näytä kokeile',
    opens: 'ja|mutta|tai|entä|entäpä|jos|sitten',
  },
}

const listed = (pick: (of: FollowUpWords) => string): string =>
  Object.values(FOLLOW_UP_WORDS).map(pick).join(' ')

export const MORE_PLAIN = listed(({ plain }) => plain)
export const MORE_YES = listed(({ yes }) => yes)
export const MORE_EDITS = listed(({ edits }) => edits)
export const MORE_ACTIONS = listed(({ actions }) => actions)
export const MORE_OPENINGS = Object.values(FOLLOW_UP_WORDS).map(({ opens }) => opens)

/** Function words of Chinese: what remains without them is content. */
export const CHINESE_PLAIN =
  /为什么|為什麼|怎么样?|怎麼樣?|什么|什麼|这样|這樣|那样|那樣|这个|這個|那个|那個|这里|那里|可以|能不能|能否|请|請|我们|我們|你们|我|你|您|它|他|她|这|這|那|哪|的|了|吗|嗎|呢|吧|啊|呀|就|都|也|还|還|再|更|很|太|会|會|要|想|是|不|没|沒|有|在|把|给|給|用|对|對|好|行|嗯|谢谢|一下|一点|一點|一些|一个|一個|一遍|一次|些|点|點|来|來|去|说|說|做|看|个|個|意思|例子|举个?/gu
export const CHINESE_EDIT =
  /短|长|長|简单|簡單|简洁|精简|详细|詳細|正式|礼貌|换|換|改|重新|重写|另外?|别的|其他|继续|繼續|接着|解释|解釋|多一|少一|加上|去掉|删|第[一二三四五\d]/u
export const JAPANESE_EDIT =
  /短く|長く|簡単|簡潔|詳しく|丁寧|別の|他の|もう一|もっと|続け|続き|書き直|やり直|変え|直し|足し|加え|消し|説明|[一二三四五\d]つ目|最後|例/u
export const THAI_PLAIN =
  /ทำไม|อย่างไร|ยังไง|อะไร|ที่ไหน|เมื่อไหร่|แบบนี้|แบบนั้น|เป็นแบบ|อันนี้|อันนั้น|นี้|นั้น|ให้|หน่อย|ได้ไหม|ไหม|มั้ย|ครับ|ค่ะ|คะ|นะ|ช่วย|ฉัน|ผม|คุณ|เรา|มัน|ที่|และ|หรือ|แต่|แล้ว|ก็|จะ|ได้|ไม่|ใช่|มี|เป็น|ของ|กับ|ใน|อีก|ครั้ง|โอเค|ตกลง|ขอ|ทำ|ต่อ|ไป|เลย|ถึง|ว่า|ตัวอย่าง|อัน|อธิบาย|ละเอียด|สั้น|ยาว|ง่าย/gu
export const THAI_EDIT =
  /สั้น|ยาว|ง่าย|ละเอียด|สุภาพ|ทางการ|ใหม่|อื่น|แทน|เปลี่ยน|แก้|เพิ่ม|ลบ|อธิบาย|ต่อ|อีกครั้ง|อีกแบบ|กว่านี้|ขึ้น/u
/** Openings of a turn that continues, in scripts without spaces. */
export const UNSPACED_OPENING =
  /^(?:那么?|那麼|然后|然後|但是?|不过|不過|还有|還有|如果|要是|所以|では|じゃあ|でも|それ|あと|もし|แล้ว|แต่|และ|ถ้า)/u
